"""What walls say to readers who haven't paid. Pure data, by language."""

from __future__ import annotations

from typing import Final

PHRASES: Final = {
    "en": (
        "subscribe to continue", "subscribe to read", "subscribe to keep reading",
        "to continue reading", "to keep reading", "already a subscriber",
        "this article is for subscribers", "for subscribers only", "subscribers only",
        "subscriber-only", "exclusively for subscribers", "become a subscriber to",
        "unlock this article", "to read the full article", "to read the full story",
        "this content is for members", "register to continue",
        "sign in to continue reading",
    ),
    "es": (
        "suscríbete para seguir leyendo", "suscríbete para leer", "para seguir leyendo",
        "para continuar leyendo", "contenido exclusivo para suscriptores",
        "solo para suscriptores", "ya eres suscriptor", "exclusivo para suscriptores",
    ),
    "fr": (
        "article réservé aux abonnés", "réservé aux abonnés", "pour lire la suite",
        "abonnez-vous pour lire", "de cet article à lire", "déjà abonné",
        "réservée aux abonnés",
    ),
    "de": (
        "um weiterzulesen", "jetzt weiterlesen", "weiterlesen mit",
        "nur für abonnenten",
        "exklusiv für abonnenten", "bereits abonnent", "sie sind bereits abonnent",
        "diesen artikel freischalten", "lesen sie diesen artikel mit",
        "um diesen artikel zu lesen", "bereits digital-abonnent",
    ),
    "pt": (
        "assine para continuar", "para continuar lendo", "para continuar a ler",
        "exclusivo para assinantes", "só para assinantes", "já é assinante",
        "conteúdo exclusivo para assinantes", "artigo exclusivo para assinantes",
    ),
    "it": (
        "abbonati per continuare", "per continuare a leggere",
        "riservato agli abbonati",
        "contenuto riservato agli abbonati", "sei già abbonato",
    ),
    "nl": (
        "om verder te lezen", "lees verder met", "alleen voor abonnees",
        "exclusief voor abonnees", "al abonnee", "word abonnee om",
    ),
    "ru": (
        "доступно только подписчикам", "только для подписчиков", "чтобы читать дальше",
        "чтобы продолжить чтение", "оформите подписку, чтобы", "уже есть подписка",
    ),
    "uk": (
        "доступно лише передплатникам", "лише для передплатників",
        "тільки для підписників",
        "щоб читати далі", "щоб продовжити читання", "оформіть передплату, щоб",
    ),
    "pl": (
        "aby czytać dalej", "żeby czytać dalej", "tylko dla prenumeratorów",
        "tylko dla subskrybentów", "dostępny tylko dla subskrybentów",
        "masz już prenumeratę", "wykup dostęp",
    ),
    "tr": (
        "okumaya devam etmek için", "devamını okumak için abone", "abonelere özel",
        "sadece aboneler", "zaten abone misiniz",
    ),
    "ar": (
        "اشترك لمتابعة القراءة", "لمتابعة القراءة", "لمواصلة القراءة", "للمشتركين فقط",
        "حصري للمشتركين", "هل أنت مشترك",
    ),
    "fa": (
        "برای ادامه مطلب مشترک شوید", "برای خواندن ادامه مشترک", "ویژه مشترکان",
        "مخصوص مشترکین", "فقط برای مشترکان",
    ),
    "ur": ("صرف سبسکرائبرز کے لیے", "مزید پڑھنے کے لیے سبسکرائب", "صرف ممبران کے لیے"),
    "hi": (
        "आगे पढ़ने के लिए सब्सक्राइब", "पूरा पढ़ने के लिए सब्सक्राइब",
        "केवल सब्सक्राइबर",
        "पढ़ना जारी रखने के लिए", "सिर्फ सदस्यों के लिए",
    ),
    "zh": (
        "订阅后继续阅读", "订阅以继续阅读", "订阅后阅读全文", "付费后阅读",
        "仅限订阅用户",
        "订户专享", "訂閱後繼續閱讀", "訂戶專享", "訂閱以閱讀全文", "会员专享",
        "付费阅读全文",
        "登录后继续阅读",
    ),
    "ja": (
        "有料会員限定", "会員限定記事", "続きを読むには", "有料会員になると",
        "有料記事です",
        "この記事は有料", "全文をお読みいただくには", "会員登録すると続き",
    ),
    "ko": (
        "구독자 전용",  "구독하고 계속", "계속 읽으려면",
        "유료회원 전용", "회원 전용 기사",
    ),
    "id": (
        "berlangganan untuk melanjutkan", "untuk melanjutkan membaca",
        "khusus pelanggan", "hanya untuk pelanggan", "sudah berlangganan",
    ),
    "el": (
        "για να συνεχίσετε την ανάγνωση", "μόνο για συνδρομητές",
        "αποκλειστικά για συνδρομητές",
        "είστε ήδη συνδρομητής",
    ),
    "sv": ("för att läsa vidare", "endast för prenumeranter", "redan prenumerant"),
    "da": ("for at læse videre", "kun for abonnenter", "allerede abonnent"),
    "no": ("for å lese videre", "kun for abonnenter", "allerede abonnent"),
    "fi": ("lukeaksesi koko", "vain tilaajille", "oletko jo tilaaja"),
    "cs": ("pouze pro předplatitele", "jen pro předplatitele", "chcete číst dál"),
    "hu": ("csak előfizetőknek", "a folytatáshoz előfizetés"),
    "he": ("למנויים בלבד", "להמשך קריאה", "כבר מנוי"),
}  # fmt: skip

_ALL: Final = sorted({phrase for group in PHRASES.values() for phrase in group})
WALLS: Final = tuple(phrase.lower() for phrase in _ALL)
