"""The forms that datelines have, and words that look like one. Data.

Groups of the patterns: `before` holds place and day, `agency`, `end` what closes it;
where day and month are numbers they have groups of their own.
"""

from __future__ import annotations

import re
from typing import Final

DASH: Final = r"(?:--?|[–—−―‒])"
_HAN: Final = r"[\u3400-\u9fff]"
_ARABIC: Final = r"\u0600-\u06ff\u200c"

# As "ALEPPO, Nov. 30 (SANA) —", "(Reuters) -", "Berlin (dpa/lbn) -".
BRACKETED: Final = re.compile(
    r"(?P<before>[^()（）\[\]:;!?«»\"“”]{0,70}?)\s*[(（](?P<agency>[^()（）]{2,60})[)）]"
    rf"\s?(?P<end>[.,]?\s?{DASH}+|[:।۔.]|(?=\s|$))"
)
# Those in which a known agency stands beside a place:
WITH_KNOWN_AGENCY: Final = (
    # as "(ANSA) - ROMA, 05 MAR -",
    re.compile(
        rf"\((?P<agency>[^()]{{2,30}})\)\s?{DASH}\s?"
        rf"(?P<before>[^()–—]{{3,40}}?)\s?{DASH}\s"
    ),
    # as "МОСКВА, 5 марта. /ТАСС/.",
    re.compile(r"(?P<before>[^/:;!?()]{3,60}?)\s?/(?P<agency>[^/]{2,25})/\.?"),
    # as "دمشق-سانا" and "تهران - ایرنا -",
    re.compile(
        rf"(?P<before>[{_ARABIC} ]{{2,30}}?)\s?[-–—ـ/]\s?"
        rf"(?P<agency>[{_ARABIC}. ]{{2,40}}?)\s?(?:{DASH}|[:,،.ـ]|$)"
    ),
    # as "МОСКВА, 5 мар — РИА Новости."
    re.compile(
        rf"(?P<before>[^/:;!?()–—]{{3,40}}?)\s{DASH}\s(?P<agency>[^.–—]{{2,25}})\."
    ),
)
# As "LOOM.CO, Jakarta -".
HOST_FIRST: Final = re.compile(
    r"(?P<agency>[A-Za-z0-9]{2,20}\.(?:com|co\.id|co|id|net|tv|news)),\s"
    rf"(?P<before>[^(),–—]{{3,30}}?)\s?{DASH}+\s",
    re.IGNORECASE,
)
# As "BUFFALO, N.Y. —", "PUTRAJAYA, Nov 22 —".
BARE: Final = re.compile(
    r"(?P<before>[^()\[\]:;!?«»\"“”–—]{3,60}?)\s?(?:[–—―]|--|(?<=\s)-(?=\s))"
)
# As "新华社北京3月5日电", "（中央社記者王小明台北5日電）".
WIRED: Final = re.compile(
    rf"[（(【]?(?P<agency>{_HAN}{{1,6}}[社网網报報台]|新华|中新)?"
    rf"(?:(?:记者|記者){_HAN}{{2,3}})?(?P<before>{_HAN}{{2,8}}?)?\s?"
    r"(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日[^\W\d]{0,2}?[电電讯訊][）)】]?"
)
# As "【ソウル＝山田太郎】", "[東京 5日 ロイター]", "【ワシントン共同】".
LENTICULAR: Final = re.compile(
    r"[【［\[](?P<before>[^\d\s=＝】］\]]{1,12}?)"
    r"(?:\s?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日)?\s?"
    r"(?P<mark>[=＝]?)\s?(?P<agency>[^\d\s=＝】］\]]{2,20})[】］\]]"
)
# As "(서울=연합뉴스) 홍길동 기자 =".
KOREAN: Final = re.compile(
    r"[(（\[［【](?P<before>[가-힣·/]{2,15})\s?=\s?(?P<agency>[가-힣A-Za-z0-9]{2,15})"
    r"[^)）\]］】]{0,20}[)）\]］】]"
)
# "Mich.", "N.Y.", "NY", after a place and a comma
REGION: Final = re.compile(r"(?:[A-Z]{2}|(?:[A-Z]\.){2,3}|[A-Z][a-z]{1,4}\.)")

# Papers that call themselves "this paper".
OURSELVES: Final = frozenset({"本报", "本報", "本台", "本网", "本網", "本社"})
# What stands in capitals before a dash and is no place.
NO_PLACES: Final = frozenset(
    {
        *("breaking", "update", "updated", "exclusive", "watch", "live", "opinion"),
        *("video", "photos", "analysis", "review", "editorial", "correction", "note"),
        *("urgent", "just", "important", "warning", "spoiler", "interview", "quiz"),
        *("poll", "podcast", "sponsored", "advertisement", "explainer", "factbox"),
        *("eilmeldung", "kommentar", "liveticker", "anzeige", "umfrage", "wichtig"),
        *("urgente", "última", "exclusivo", "exclusiva", "opinión", "vídeo", "aviso"),
        *("exclusif", "vidéo", "direct", "entretien", "enquête", "esclusiva"),
        *("ultim'ora", "diretta", "срочно", "видео", "обновлено", "терміново"),
        *("sondakika", "son", "özel", "nato", "nasa", "fifa", "uefa", "opec", "unesco"),
        *("unicef", "covid", "covid-19", "europol", "interpol", "lgbtq", "faq", "aids"),
        *("the", "this", "that", "dalla", "question", "answer", "and", "but", "who"),
    }
)
# Towns that Korean papers file from.
KOREAN_PLACES: Final = frozenset(
    {
        "서울",
        "부산",
        "대구",
        "인천",
        "광주",
        "대전",
        "울산",
        "세종",
        "수원",
        "성남",
        "용인",
        "고양",
        "창원",
        "청주",
        "전주",
        "제주",
        "춘천",
        "강릉",
        "원주",
        "천안",
        "포항",
        "경주",
        "안동",
        "구미",
        "김해",
        "진주",
        "여수",
        "순천",
        "목포",
        "군산",
        "평택",
        "안산",
        "의정부",
        "파주",
        "경기",
        "강원",
        "충북",
        "충남",
        "전북",
        "전남",
        "경북",
        "경남",
        "워싱턴",
        "뉴욕",
        "로스앤젤레스",
        "도쿄",
        "베이징",
        "상하이",
        "홍콩",
        "런던",
        "파리",
        "베를린",
        "브뤼셀",
        "모스크바",
        "제네바",
        "로마",
        "하노이",
        "방콕",
        "자카르타",
        "카이로",
        "예루살렘",
        "이스탄불",
        "종합",
        "평양",
        "싱가포르",
        "시드니",
        "타이베이",
    }
)
