from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.classes.vocabulary import TOPICS, read_notice

NOTICES = {
    "absence": [
        "Sorry! The link you followed points to a page we deleted in spring.",
        "Leider wurde die Seite verschoben. Bitte prüfen Sie die Adresse.",
        "К сожалению, страница удалена. Проверьте адрес или вернитесь на главную.",
        "申し訳ありません。お探しのページは移動または削除されました。",
    ],
    "failure": [
        "Our server needs a rest. Please refresh in a few minutes, or try again later.",
        "Le serveur est en panne. Veuillez nous excuser et réessayer plus tard.",
        "Sunucu hatası. Lütfen birkaç dakika sonra sayfayı yenileyin.",
        "عذرا، الخادم في صيانة مؤقتة، يرجى المحاولة لاحقا",
    ],
    "check": [
        "Please prove to our firewall that you are human: unusual traffic was blocked.",
        "Por favor, verifica en tu navegador que no eres un robot.",
        "브라우저를 확인하고 있습니다. 로봇이 아님을 인증해 주세요.",
    ],
    "consent": [
        "We and our partners store cookies for personalised ads. You may refuse.",
        "Käytämme kumppanien kanssa evästeitä mainontaan. Voit peruuttaa suostumuksen.",
    ],
    "offer": [
        "Subscribe to unlock the full article: unlimited access for £1 a month.",
        "Abonnez-vous sans engagement pour lire la suite, 1 euro le premier mois.",
        "Zaloguj się lub wykup subskrypcję, aby czytać dalej bez ograniczeń.",
    ],
}
NEWS = [
    "Two men from Holbeck were fined for setting nets in the drain at night.",
    "Nach dem Unfall blieb die Straße bis zum Mittag gesperrt, zwei Menschen starben.",
    "С понедельника автобус будет ходить в объезд улицы Речной, где меняют трубы.",
    "浜辺駅の軒先で、今年も四羽のツバメが巣立った。",
]


@pytest.mark.parametrize(
    ("topic", "text"), [(topic, text) for topic in NOTICES for text in NOTICES[topic]]
)
def test_a_notice_is_told_by_its_words_and_not_by_its_wording(topic, text):
    notice = read_notice(text)
    assert notice is not None
    assert notice.topic == topic
    assert notice.terms >= 2
    assert notice.share >= 15


@pytest.mark.parametrize("text", NEWS)
def test_news_does_not_speak_to_its_reader_of_such_things(text):
    notice = read_notice(text)
    assert notice is None or not notice.to_reader or notice.share < 9


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    notice = read_notice(text)
    assert notice is None or (notice.topic in TOPICS and notice.terms > 0)
