"""Which language a text is in, whatever the page declares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fields.languages import identify_language

# One piece of news, told in many languages; the name may carry a script.
TEXTS = {
    "en": (
        "The government announced a new plan on Tuesday to build a "
        "hundred schools in rural areas. The education minister said "
        "that work would begin next month and that many children "
        "would be able to learn close to home."
    ),
    "de": (
        "Die Regierung hat am Dienstag einen neuen Plan vorgestellt, "
        "nach dem auf dem Land hundert Schulen gebaut werden. Die "
        "Arbeiten sollen im nächsten Monat beginnen, sagte die "
        "Bildungsministerin."
    ),
    "fr": (
        "Le gouvernement a annoncé mardi un nouveau plan pour "
        "construire cent écoles dans les zones rurales. Le ministre "
        "de l’Éducation a dit que les travaux commenceraient le mois "
        "prochain."
    ),
    "es": (
        "El Gobierno anunció el martes un nuevo plan para construir "
        "cien escuelas en las zonas rurales. El ministro de Educación "
        "dijo que las obras comenzarán el mes que viene y que muchos "
        "niños podrán estudiar cerca de su casa."
    ),
    "pt": (
        "O governo anunciou na terça-feira um novo plano para "
        "construir cem escolas nas zonas rurais. O ministro da "
        "Educação disse que as obras começam no próximo mês e que "
        "muitas crianças poderão estudar perto de casa."
    ),
    "it": (
        "Il governo ha annunciato martedì un nuovo piano per "
        "costruire cento scuole nelle zone rurali. Il ministro "
        "dell’Istruzione ha detto che i lavori cominceranno il mese "
        "prossimo."
    ),
    "nl": (
        "De regering heeft dinsdag een nieuw plan aangekondigd om "
        "honderd scholen op het platteland te bouwen. De minister van "
        "Onderwijs zei dat het werk volgende maand begint."
    ),
    "ru": (
        "Правительство объявило во вторник о новом плане построить "
        "сто школ в сельской местности. Министр образования сказал, "
        "что строительство начнётся в следующем месяце."
    ),
    "pl": (
        "Rząd ogłosił we wtorek nowy plan budowy stu szkół na wsi. "
        "Minister edukacji powiedział, że prace zaczną się w "
        "przyszłym miesiącu i że wiele dzieci będzie mogło uczyć się "
        "blisko domu."
    ),
    "el": (
        "Η κυβέρνηση ανακοίνωσε την Τρίτη νέο σχέδιο για την "
        "κατασκευή εκατό σχολείων στην ύπαιθρο. Ο υπουργός Παιδείας "
        "είπε ότι οι εργασίες θα αρχίσουν τον επόμενο μήνα."
    ),
    "sr": (
        "Влада Србије усвојила је данас предлог закона о заштити "
        "животне средине, саопштено је из министарства. Министарка је "
        "рекла да ће нови закон омогућити бржу изградњу постројења за "
        "пречишћавање отпадних вода."
    ),
    "sr-Latn": (
        "Vlada Srbije usvojila je danas predlog zakona o zaštiti "
        "životne sredine, saopšteno je iz ministarstva. Ministarka je "
        "rekla da će novi zakon omogućiti bržu izgradnju postrojenja "
        "za prečišćavanje otpadnih voda, posle više od deset godina "
        "čekanja. Ljudi iz cele zemlje su došli u Beograd."
    ),
    "hr": (
        "Vlada Republike Hrvatske prihvatila je danas prijedlog "
        "zakona o zaštiti okoliša, priopćeno je iz ministarstva. "
        "Ministrica je kazala kako će novi zakon omogućiti bržu "
        "izgradnju postrojenja za pročišćavanje otpadnih voda, nakon "
        "više od deset godina čekanja. Tisuće ljudi došlo je u Zagreb "
        "tijekom tjedna."
    ),
    "bs": (
        "Vijeće ministara Bosne i Hercegovine usvojilo je danas "
        "prijedlog zakona o zaštiti okoliša, saopćeno je iz "
        "ministarstva. Ministrica je rekla da će novi zakon omogućiti "
        "bržu izgradnju postrojenja za prečišćavanje otpadnih voda, "
        "nakon više od deset godina čekanja. Hiljade ljudi došlo je u "
        "Sarajevo tokom sedmice."
    ),
    "no": (
        "Regjeringen la tirsdag fram et nytt lovforslag om vern av "
        "naturen, opplyser departementet. Statsråden sier at den nye "
        "loven skal gjøre det lettere å bygge renseanlegg, etter mer "
        "enn ti års venting. Mange har ikke fått svar på hvorfor det "
        "tok så lang tid."
    ),
    "nn": (
        "Regjeringa la tysdag fram eit nytt lovframlegg om vern av "
        "naturen, opplyser departementet. Statsråden seier at den nye "
        "lova skal gjere det lettare å byggje reinseanlegg, etter "
        "meir enn ti års venting. Mange har ikkje fått svar på kvifor "
        "det tok så lang tid."
    ),
    "da": (
        "Regeringen fremlagde tirsdag et nyt lovforslag om "
        "beskyttelse af naturen, oplyser ministeriet. Ministeren "
        "siger, at den nye lov skal gøre det lettere at bygge "
        "rensningsanlæg efter mere end ti års ventetid. Mange har "
        "ikke fået svar på, hvorfor det tog så lang tid."
    ),
    "sw": (
        "Serikali ya Kenya ilitangaza Jumanne mpango mpya wa kujenga "
        "shule mia moja katika maeneo ya vijijini. Waziri wa elimu "
        "alisema kwamba ujenzi utaanza mwezi ujao na kwamba watoto "
        "wengi watapata nafasi ya kusoma karibu na nyumbani."
    ),
    "zu": (
        "UHulumeni wamemezela ngoLwesibili uhlelo olusha lokwakha "
        "izikole eziyikhulu ezindaweni zasemakhaya. UNgqongqoshe "
        "wezemfundo uthe ukwakhiwa kuzoqala ngenyanga ezayo futhi "
        "izingane eziningi zizothola ithuba lokufunda eduze "
        "nasekhaya."
    ),
    "xh": (
        "URhulumente ubhengeze ngoLwesibini inkqubo entsha yokwakha "
        "izikolo ezilikhulu kwiindawo zasemaphandleni. UMphathiswa "
        "wezemfundo uthe ulwakhiwo luza kuqala kwinyanga ezayo kwaye "
        "abantwana abaninzi baya kufumana ithuba lokufunda kufutshane "
        "nasekhaya."
    ),
    "fa": (
        "دولت روز سه‌شنبه از برنامه‌ای تازه برای ساخت صد مدرسه در "
        "مناطق روستایی خبر داد. وزیر آموزش گفت که ساخت این مدرسه‌ها "
        "از ماه آینده آغاز می‌شود و کودکان بسیاری می‌توانند نزدیک "
        "خانه درس بخوانند."
    ),
    "ar": (
        "أعلنت الحكومة يوم الثلاثاء عن خطة جديدة لبناء مئة مدرسة في "
        "المناطق الريفية. وقال وزير التعليم إن البناء سيبدأ الشهر "
        "المقبل وإن كثيرا من الأطفال سيتمكنون من الدراسة قرب منازلهم."
    ),
    "ur": (
        "حکومت نے منگل کے روز دیہی علاقوں میں سو اسکول بنانے کے ایک "
        "نئے منصوبے کا اعلان کیا۔ وزیر تعلیم نے کہا کہ تعمیر اگلے "
        "مہینے شروع ہو گی اور بہت سے بچوں کو گھر کے قریب پڑھنے کا "
        "موقع ملے گا۔"
    ),
    "ps": (
        "حکومت د سه شنبې په ورځ په کليوالو سيمو کې د سلو ښوونځيو د "
        "جوړولو نوې طرحه اعلان کړه. د پوهنې وزير وويل چې د جوړولو کار "
        "به په راتلونکې مياشت کې پيل شي."
    ),
    "ckb": (
        "حکوومەت ڕۆژی سێشەممە پلانێکی نوێی بۆ دروستکردنی سەد "
        "قوتابخانە لە ناوچە گوندنشینەکان ڕاگەیاند. وەزیری پەروەردە "
        "گوتی کە کاری دروستکردن مانگی داهاتوو دەست پێدەکات."
    ),
    "ku": (
        "Hikûmetê roja sêşemê plana nû ya avakirina sed dibistanan li "
        "herêmên gundan ragihand. Wezîrê perwerdeyê got ku avakirin "
        "dê meha bê dest pê bike û gelek zarok dê karibin nêzîkî mala "
        "xwe bixwînin."
    ),
    "id": (
        "Pemerintah pada hari Selasa mengumumkan rencana baru untuk "
        "membangun seratus sekolah di daerah pedesaan. Menteri "
        "Pendidikan mengatakan bahwa pembangunan akan dimulai bulan "
        "depan dan banyak anak bisa belajar di dekat rumah karena "
        "mereka tidak perlu lagi pergi ke kota."
    ),
    "ms": (
        "Kerajaan pada hari Selasa mengumumkan rancangan baharu untuk "
        "membina seratus buah sekolah di kawasan luar bandar. Menteri "
        "Pendidikan berkata pembinaan akan bermula bulan hadapan dan "
        "ramai kanak-kanak boleh belajar berhampiran rumah kerana "
        "mereka tidak perlu lagi pergi ke bandar."
    ),
    "he": (
        "הממשלה הודיעה ביום שלישי על תוכנית חדשה לבניית מאה בתי ספר "
        "באזורים הכפריים. שר החינוך אמר שהבנייה תתחיל בחודש הבא "
        "וילדים רבים יוכלו ללמוד קרוב לבית."
    ),
    "zh": (
        "政府周二宣布了一项在农村地区新建一百所学校的计划。教育部长表示,工程将于下个月开始,许多孩子将能够在家附近上学。"
    ),
    "zh-hant": (
        "政府週二宣布了一項在農村地區新建一百所學校的計畫。教育部長表示,工程將於下個月開始,許多孩子將能夠在家附近上學。"
    ),
    "ja": (
        "政府は火曜日、農村地域に百の学校を建てる新しい計画を発表した。教育相は、工事は来月始まり、多くの子どもが家の近くで学べる"
        "ようになると述べた。"
    ),
    "ko": (
        "정부는 화요일 농촌 지역에 학교 백 곳을 새로 짓는 계획을 발표했다. "
        "교육부 장관은 공사가 다음 달 시작되며 "
        "많은 아이들이 집 가까이에서 공부할 수 있게 될 것이라고 말했다."
    ),
    "hi": (
        "सरकार ने मंगलवार को ग्रामीण इलाकों में सौ स्कूल बनाने की नई "
        "योजना की घोषणा की। शिक्षा मंत्री ने कहा कि निर्माण अगले "
        "महीने शुरू होगा और कई बच्चे घर के पास पढ़ सकेंगे।"
    ),
    "ne": (
        "सरकारले मंगलबार ग्रामीण क्षेत्रमा एक सय विद्यालय निर्माण "
        "गर्ने नयाँ योजना घोषणा गर्‍यो। शिक्षामन्त्रीले निर्माण अर्को "
        "महिनादेखि सुरु हुने र धेरै बालबालिकाले घरनजिकै पढ्न पाउने "
        "बताए।"
    ),
    "mr": (
        "सरकारने मंगळवारी ग्रामीण भागात शंभर शाळा बांधण्याची नवी "
        "योजना जाहीर केली. बांधकाम पुढच्या महिन्यात सुरू होईल आणि "
        "अनेक मुलांना घराजवळ शिकता येईल, असे शिक्षणमंत्र्यांनी "
        "सांगितले."
    ),
    "uk": (
        "Уряд у вівторок оголосив про новий план побудувати сто шкіл "
        "у сільській місцевості. Міністр освіти сказав, що "
        "будівництво почнеться наступного місяця, і багато дітей "
        "зможуть учитися поблизу дому."
    ),
    "be": (
        "Урад у аўторак абвясціў пра новы план пабудаваць сто школ у "
        "сельскай мясцовасці. Міністр адукацыі сказаў, што "
        "будаўніцтва пачнецца ў наступным месяцы, і шмат дзяцей "
        "змогуць вучыцца каля дома."
    ),
    "gl": (
        "O goberno anunciou o martes un novo plan para construír cen "
        "escolas nas zonas rurais. O ministro de Educación dixo que "
        "as obras comezarán o mes que vén e que moitos nenos poderán "
        "estudar preto da casa."
    ),
    "ca": (
        "El govern va anunciar dimarts un nou pla per construir cent "
        "escoles a les zones rurals. El ministre d’Educació va dir "
        "que les obres començaran el mes vinent i que molts nens "
        "podran estudiar a prop de casa."
    ),
    "sk": (
        "Vláda v utorok oznámila nový plán postaviť sto škôl na "
        "vidieku. Minister školstva povedal, že výstavba sa začne "
        "budúci mesiac a mnohé deti sa budú môcť učiť blízko domova."
    ),
    "az": (
        "Hökumət çərşənbə axşamı kənd yerlərində yüz məktəb tikmək "
        "üçün yeni plan elan etdi. Təhsil naziri dedi ki, tikinti "
        "gələn ay başlayacaq və çox uşaq evə yaxın oxuya biləcək."
    ),
    "tr": (
        "Hükümet salı günü kırsal bölgelerde yüz okul yapmak için "
        "yeni bir plan açıkladı. Eğitim bakanı, inşaatın gelecek ay "
        "başlayacağını ve birçok çocuğun evine yakın okuyabileceğini "
        "söyledi."
    ),
}


@pytest.mark.parametrize("tag", TEXTS)
def test_a_text_tells_its_language_whatever_is_declared(tag: str) -> None:
    wanted = tag.partition("-")[0]
    for declared in (None, "en", "de-DE", "x-nonsense", ""):
        assert identify_language(TEXTS[tag], declared).value == wanted


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        ("Goal!", "nl", "nl"),
        ("12:30", "fa-IR", "fa"),
        ("", "pt_BR", "pt"),
        ("", "iw", "he"),
        ("", None, None),
        ("+++ 1 : 2 +++", None, None),
        ("", "und", None),
        ("", "english", None),
        ("a\x00\ud800\ufffe", "en", "en"),
    ],
)
def test_a_short_text_has_the_language_that_is_declared(
    text: str, declared: str | None, wanted: str | None
) -> None:
    assert identify_language(text, declared).value == wanted


def test_a_long_text_is_told_by_its_beginning_and_its_middle() -> None:
    text = f"{TEXTS['en']} {TEXTS['tr'] * 200}"
    assert identify_language(text, "en").value == "tr"


def test_both_the_text_and_the_page_are_kept_as_claims() -> None:
    claims = identify_language(TEXTS["zu"], "en-ZA").claims
    assert [(claim.value, claim.origin, claim.is_chosen) for claim in claims] == [
        ("zu", "text", True),
        ("en-ZA", "html:lang", False),
    ]


def test_markup_in_a_text_is_text() -> None:
    assert identify_language(f"<b lang=en>{TEXTS['it']}</b>", None).value == "it"


@given(st.text(), st.one_of(st.none(), st.text(max_size=12)))
def test_any_text_gives_a_subtag_or_none(text: str, declared: str | None) -> None:
    first = identify_language(text, declared)
    assert first == identify_language(text, declared)
    assert first.value is None or (first.value.isascii() and first.value.islower())


@given(st.text(alphabet=st.characters(codec=None, categories=("Cc", "Cs", "Cn", "Co"))))
def test_what_is_no_text_is_no_language(text: str) -> None:
    assert identify_language(text, None).value is None
