"""What is written in any script is found, however the question writes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.searching import Paper, bracketed, only

# Sentences of our own, each with what finds it, and what is marked in it.
FOUND = [
    # Arabic: alef and hamza, ta marbuta, ya, vowel signs, tatweel, the article
    ("أعلنت الحكومة اليوم خطة جديدة لإصلاح الجسر القديم.", "اعلنت", "[أعلنت]"),
    ("أعلنت الحكومة اليوم خطة جديدة لإصلاح الجسر القديم.", "خطه", "[خطة]"),
    ("أعلنت الحكومة اليوم خطة جديدة لإصلاح الجسر القديم.", "حكومة", "[الحكومة]"),
    ("زار الوزير المستشفى في المساء.", "المستشفي", "[المستشفى]"),
    ("قالَ المُعَلِّمُ إنَّ المدرسةَ مفتوحة.", "المعلم", "[المُعَلِّمُ]"),
    ("مرحبـــــاً بكم في المينـــاء.", "الميناء", "[المينـــاء]"),
    ("تحدث مسؤول كبير عن شؤون المدينة.", "مسئول", "[مسؤول]"),
    ("تحدث مسؤول كبير عن شؤون المدينة.", "مسوول", "[مسؤول]"),
    ("تحدث مسؤول كبير عن شؤون المدينة.", '"مسئول كبير"', "[مسؤول كبير]"),
    ("وصلت ٢٥ سفينة في عام ٢٠٢٤.", "2024", "[٢٠٢٤]"),
    ("ﻻ أحد يعرف السبب.", "لا", "[ﻻ]"),
    # Persian: ye and kaf, the non-joiner, digits, hamza
    ("دانش‌آموزان کتاب‌ها را به كتابخانه بردند.", "کتابخانه", "[كتابخانه]"),
    ("دانش‌آموزان کتاب‌ها را به كتابخانه بردند.", "دانش‌آموزان", "[دانش‌آموزان]"),
    ("دانش‌آموزان کتاب‌ها را به كتابخانه بردند.", "دانشآموزان", "[دانش‌آموزان]"),
    ("دانش‌آموزان کتاب‌ها را به كتابخانه بردند.", "دانش آموزان", "[دانش]‌[آموزان]"),
    ("دانش‌آموزان کتاب‌ها را به كتابخانه بردند.", "کتاب", "[کتاب]"),
    ("نمی دانم چرا بازار بسته است.", "نمی‌دانم", "[نمی دانم]"),
    ("سال ۱۴۰۳ سال خوبی بود.", "1403", "[۱۴۰۳]"),
    ("علی به خانهٔ خود رفت.", "علي", "[علی]"),
    # Urdu
    ("کراچی میں بارش ہوئی۔", "كراچى", "[کراچی]"),
    # Turkish: İ, I, ı and i are one; the apostrophe ends the name
    ("Yağmur dün İstanbul'da sokakları boşalttı.", "istanbul", "[İstanbul]"),
    ("Yağmur dün İstanbul'da sokakları boşalttı.", "ISTANBUL", "[İstanbul]"),
    ("Yağmur dün İstanbul'da sokakları boşalttı.", "İSTANBUL", "[İstanbul]"),
    ("Yağmur dün İstanbul'da sokakları boşalttı.", "yagmur", "[Yağmur]"),
    ("KIYI BELEDİYESİ AÇIKLADI", "kıyı", "[KIYI]"),
    ("KIYI BELEDİYESİ AÇIKLADI", "belediyesi", "[BELEDİYESİ]"),
    ("Çay, şeker ve ığdır eriği.", "igdir", "[ığdır]"),
    # Latin: accents, ligatures, letters that are no accented ones, umlauts
    ("Le maire a déjà signé à l’hôtel de ville.", "deja hotel", "[déjà]"),
    ("Le maire a déjà signé à l’hôtel de ville.", "ville", "[ville]"),
    ("Der Bürgermeister heißt Müller.", "Mueller", "[Müller]"),
    ("Der Bürgermeister heißt Müller.", "muller", "[Müller]"),
    ("Der Bürgermeister heißt Müller.", "HEISST", "[heißt]"),
    ("Frau Mueller wohnt in der Hafenstrasse.", "Müller", "[Mueller]"),
    ("Frau Mueller wohnt in der Hafenstrasse.", "Hafenstraße", "[Hafenstrasse]"),
    ("Tramwaj z Łodzi do Gdańska.", "lodzi gdanska", "[Łodzi]"),
    ("Smørrebrød på Ærø.", "smorrebrod aero", "[Smørrebrød]"),
    ("Smørrebrød på Ærø.", "Smoerrebroed", "[Smørrebrød]"),
    ("El niño cruzó la plaza mañana.", "nin\u0303o", "[niño]"),
    ("El nin\u0303o cruzó la plaza.", "niño", "[nin\u0303o]"),
    ("Thủ tướng đến Đà Nẵng.", "thu tuong da nang", "[Thủ]"),
    ("The ﬁrst ofﬁce opened.", "first office", "[ﬁrst]"),
    ("Send an e-mail, don't call.", "email", "[e-mail]"),
    ("Send an e-mail, don't call.", "dont", "[don't]"),
    ("Send an email.", "e-mail", "[email]"),
    ("The co\u00adoper\u00adative met.", "cooperative", "[co\u00adoper\u00adative]"),
    ("Ｆｕｌｌ ｗｉｄｔｈ letters", "full width", "[Ｆｕｌｌ]"),
    # Greek: accents and the final sigma
    ("Ο πρωθυπουργός επισκέφθηκε τον Πειραιά.", "ΠΡΩΘΥΠΟΥΡΓΟΣ", "[πρωθυπουργός]"),
    ("Ο πρωθυπουργός επισκέφθηκε τον Πειραιά.", "πειραια", "[Πειραιά]"),
    # Cyrillic: ё and е, stress; й and ї are letters of their own
    ("Вдали показался чёрный самолёт.", "самолет черный", "[самолёт]"),
    ("Вдали показался черный самолет.", "самолёт", "[самолет]"),
    ("Стари\u0301нный за\u0301мок открыли снова.", "замок", "[за\u0301мок]"),
    ("Кияни святкували п’ять років мосту.", "пять", "[п’ять]"),
    ("Кияни святкували п’ять років мосту.", "п'ять", "[п’ять]"),
    # Hebrew, with points
    ("הַמּוֹרֶה פתח את בית הספר.", "המורה", "[הַמּוֹרֶה]"),
    # Devanagari: nasals, nukta, digits
    ("हिन्दी की किताबें बाज़ार में हैं।", "हिंदी", "[हिन्दी]"),
    ("हिंदी की किताबें बाजार में हैं।", "हिन्दी बाज़ार", "[हिंदी]"),
    ("पुल २०२४ में खुला।", "2024", "[२०२४]"),
    ("वह गाँव में रहता है।", "गांव", "[गाँव]"),
    # Bengali, Tamil: vowel signs are letters
    ("সেতুটি আবার খোলা হয়েছে।", "সেতুটি", "[সেতুটি]"),
    ("பாலம் மீண்டும் திறக்கப்பட்டது.", "பாலம்", "[பாலம்]"),
    # Chinese: no spaces; two letters, one letter, a long word, a phrase
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", "北京", "[北京]"),
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", "北京大学", "[北京大学]"),
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", "大学", "[大学]"),
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", "桥", "[桥]"),
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", "放", "[放]"),
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", '"旧桥重新"', "[旧桥重新]"),
    ("市政府昨日宣布，北京大学附近的旧桥重新开放。", "北京 开放", "[北京]"),
    ("新款iPhone15发布会在上海举行。", "iphone15", "[iPhone15]"),
    ("新款iPhone15发布会在上海举行。", "发布会 上海", "[发布会]"),
    # Japanese: three scripts in one sentence, half-width forms
    ("東京タワーの近くで猫が見つかった。", "東京タワー", "[東京タワー]"),
    ("東京タワーの近くで猫が見つかった。", "猫", "[猫]"),
    ("東京タワーの近くで猫が見つかった。", "ﾀﾜｰ", "[タワー]"),
    ("ｶﾞﾗｽの家が建った。", "ガラス", "[ｶﾞﾗｽ]"),
    ("ﾀﾜｰの明かりが消えた。", "タワー", "[ﾀﾜｰ]"),
    ("東京タワーの近くで猫が見つかった。", "見つかった", "[見つかった]"),
    # Korean: particles are written to the word
    ("서울에서 다리가 다시 열렸다.", "서울", "[서울]"),
    ("서울에서 다리가 다시 열렸다.", "다리", "[다리]"),
    ("서울에서 다리가 다시 열렸다.", "다리가 다시", "[다리가]"),
    ("서울에서 다리가 다시 열렸다.", "\u1109\u1165\u110b\u116e\u11af", "[서울]"),
    # Thai, Lao, Khmer, Burmese: no spaces, letters with signs
    ("สะพานเก่าในกรุงเทพมหานครเปิดอีกครั้งเมื่อวานนี้", "กรุงเทพ", "[กรุงเทพ]"),
    ("สะพานเก่าในกรุงเทพมหานครเปิดอีกครั้งเมื่อวานนี้", "สะพาน", "[สะพาน]"),
    ("สะพานเก่าในกรุงเทพมหานครเปิดอีกครั้งเมื่อวานนี้", "เปิดอีกครั้ง", "[เปิดอีกครั้ง]"),
    ("ຂົວເກົ່າເປີດອີກຄັ້ງ", "ເປີດ", "[ເປີດ]"),
    ("ស្ពានចាស់បើកឡើងវិញ", "ស្ពាន", "[ស្ពាន]"),
    ("တံတားဟောင်း ပြန်ဖွင့်ပြီ", "တံတား", "[တံတား]"),
    # Georgian, Armenian, Amharic: letters of their own
    ("ხიდი კვლავ გაიხსნა.", "ხიდი", "[ხიდი]"),
    ("Կամուրջը կրկին բացվեց։", "կամուրջը", "[Կամուրջը]"),
    ("ድልድዩ እንደገና ተከፈተ።", "ድልድዩ", "[ድልድዩ]"),
]
# What looks alike and is another word.
NOT_FOUND = [
    ("Это мой дом.", "мои"),  # й is a letter
    ("Її звали Оля.", "ii"),
    ("市政府昨日宣布。", "府政"),
    ("東京都の雪。", "京東"),
    ("北京，大学。", "北京大学"),  # a comma stands between
    ("서울에서 만나요.", "울서"),
    ("the bridge is open", '"open bridge"'),
    ("art", "artist"),
    ("سماء زرقاء", "اسم"),
    ("Müller, e-mail", '"müller mueller"'),  # spellings are no neighbours
]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with Paper(tmp_path_factory.mktemp("scripts") / "c") as paper:
        sentences = dict.fromkeys(row[0] for row in (*FOUND, *NOT_FOUND))
        for number, sentence in enumerate(sentences):
            paper.print(None, sentence, url=f"https://example.org/{number}")
        paper.search()
        yield paper


@pytest.mark.parametrize(("sentence", "words", "shown"), FOUND)
def test_a_sentence_is_found_and_shown_as_it_is_written(paper, sentence, words, shown):
    hits = paper.search(words, limit=500).hits
    passages = [bracketed(hit.snippet) for hit in hits]
    found = [p for p in passages if p.replace("[", "").replace("]", "") == sentence]
    assert len(found) == 1
    assert shown in found[0]


@pytest.mark.parametrize(("sentence", "words"), NOT_FOUND)
def test_another_word_is_not_found(paper, sentence, words):
    hits = paper.search(words, limit=500).hits
    passages = ["".join(s.text for s in hit.snippet) for hit in hits]
    assert sentence not in passages


def test_a_headline_is_found_in_any_script_too(tmp_path):
    with Paper(tmp_path / "c") as paper:
        paper.print("北京大学宣布开放旧桥", "正文")
        hit = only(paper.search("title:开放"))
        assert bracketed(hit.title) == "北京大学宣布[开放]旧桥"
