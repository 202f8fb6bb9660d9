"""Words that label a headline and are no part of it. Pure data.

They stand alone at an end of a title ("… | Opinion") or before it ("BREAKING: …").
Keys are as `title_words.key` gives them.
"""

from __future__ import annotations

from typing import Final

from pipelines.fields.title_words import key

_BY_LANGUAGE: Final = {
    "en": "opinion, news, world, politics, business, sport, sports,"
    " technology, tech, health, science, entertainment, culture,"
    " lifestyle, video, watch, live, exclusive, breaking, breaking news,"
    " analysis, editorial, comment, interview, local news, latest news,"
    " column, feature, explainer, photos, gallery, podcast, us news,"
    " world news, uk news, money, travel, home, update, updated, blog",
    "es": "opinión, noticias, mundo, internacional, política, economía,"
    " deportes, cultura, sociedad, tecnología, salud, ciencia, vídeo, en"
    " vivo, en directo, exclusivo, exclusiva, última hora, análisis,"
    " editorial, entrevista, columna, urgente, nacional, entretenimiento",
    "fr": "opinion, tribune, actualité, actualités, monde, international,"
    " politique, économie, sport, sports, culture, société, santé,"
    " sciences, vidéo, en direct, direct, exclusif, info, analyse,"
    " éditorial, entretien, interview, chronique, reportage, enquête,"
    " alerte info",
    "de": "meinung, nachrichten, aktuell, politik, wirtschaft, sport, kultur,"
    " panorama, gesellschaft, wissen, gesundheit, technik, video,"
    " liveticker, exklusiv, eilmeldung, analyse, kommentar, kolumne,"
    " interview, leitartikel, reportage, newsticker, inland, ausland,"
    " feuilleton, lokales, regional, startseite",
    "pt": "opinião, notícias, mundo, política, economia, esportes, desporto,"
    " cultura, sociedade, tecnologia, saúde, ciência, vídeo, ao vivo, em"
    " direto, exclusivo, urgente, análise, editorial, entrevista,"
    " coluna, últimas notícias",
    "it": "opinioni, notizie, mondo, esteri, politica, economia, sport,"
    " cultura, società, cronaca, tecnologia, salute, scienza, video, in"
    " diretta, esclusiva, ultima ora, analisi, editoriale, intervista",
    "nl": "opinie, nieuws, buitenland, binnenland, politiek, economie, sport,"
    " cultuur, wetenschap, gezondheid, video, exclusief, analyse,"
    " commentaar, interview, column",
    "ru": "мнение, мнения, новости, мир, в мире, политика, экономика, спорт,"
    " культура, общество, наука, технологии, видео, эксклюзив, срочно,"
    " молния, аналитика, интервью, колонка, происшествия, главное",
    "uk": "думка, думки, новини, світ, політика, економіка, спорт, культура,"
    " суспільство, наука, відео, ексклюзив, терміново, аналітика,"
    " інтерв'ю, війна",
    "pl": "opinie, wiadomości, świat, polityka, gospodarka, biznes, sport,"
    " kultura, społeczeństwo, nauka, zdrowie, wideo, na żywo, tylko u"
    " nas, pilne, analiza, komentarz, wywiad, kraj",
    "tr": "görüş, haberler, haber, dünya, siyaset, politika, ekonomi, spor,"
    " kültür, gündem, teknoloji, sağlık, bilim, video, canlı, özel, son"
    " dakika, analiz, yorum, röportaj, türkiye",
    "ar": "رأي, آراء, أخبار, الأخبار, عالم, العالم, سياسة, اقتصاد, رياضة,"
    " ثقافة, مجتمع, تكنولوجيا, صحة, علوم, فيديو, بالفيديو, بالصور,"
    " مباشر, عاجل, خاص, حصري, تحليل, تقارير, تقرير, مقالات, مقابلة, حوار",
    "fa": "دیدگاه, اخبار, خبر, جهان, سیاست, سیاسی, اقتصاد, اقتصادی, ورزش,"
    " ورزشی, فرهنگ, فرهنگی, جامعه, اجتماعی, فناوری, سلامت, علم, ویدئو,"
    " ویدیو, فیلم, عکس, زنده, فوری, اختصاصی, تحلیل, یادداشت, گفتگو,"
    " گزارش",
    "ur": "رائے, خبریں, دنیا, سیاست, معیشت, کھیل, ثقافت, صحت, سائنس, ویڈیو,"
    " براہ راست, بریکنگ نیوز, تجزیہ, کالم, انٹرویو, پاکستان",
    "hi": "राय, समाचार, दुनिया, राजनीति, कारोबार, खेल, मनोरंजन, संस्कृति,"
    " स्वास्थ्य, विज्ञान, वीडियो, लाइव, एक्सक्लूसिव, ब्रेकिंग न्यूज़,"
    " विश्लेषण, देश, विदेश",
    "zh": "观点, 新闻, 国际, 国内, 政治, 经济, 财经, 体育, 文化, 社会, 科技,"
    " 健康, 视频, 直播, 独家, 快讯, 分析, 评论, 社论, 专栏, 专访, 時事,"
    " 觀點, 新聞, 國際, 財經, 體育, 影片, 獨家, 快訊, 評論, 專欄, 正文,"
    " 图文, 要闻",
    "ja": "意見, ニュース, 国際, 国内, 政治, 経済, スポーツ, 文化, 社会, 科学,"
    " 動画, 速報, 独自, 分析, 社説, コラム, インタビュー, ライフ, エンタメ",
    "ko": "오피니언, 뉴스, 국제, 정치, 경제, 스포츠, 문화, 사회, 과학, 동영상,"
    " 영상, 생중계, 단독, 속보, 분석, 사설, 칼럼, 인터뷰, 포토",
    "id": "opini, berita, dunia, internasional, politik, ekonomi, bisnis,"
    " olahraga, budaya, nasional, teknologi, kesehatan, sains, video,"
    " eksklusif, analisis, kolom, wawancara, terkini, foto",
    "el": "γνώμη, απόψεις, ειδήσεις, κόσμος, διεθνή, πολιτική, οικονομία,"
    " αθλητικά, πολιτισμός, κοινωνία, τεχνολογία, υγεία, επιστήμη,"
    " βίντεο, ζωντανά, αποκλειστικό, έκτακτο, ανάλυση, σχόλιο,"
    " συνέντευξη, ελλάδα",
}  # fmt: skip

LABELS: Final = frozenset(
    key(label) for labels in _BY_LANGUAGE.values() for label in labels.split(",")
)

# What elements that hold kickers are called.
KICKER_NAMES: Final = frozenset(
    {
        "kicker", "overline", "eyebrow", "surtitle", "supertitle", "pretitle",
        "preheadline", "preheading", "overtitle", "overhead", "uppertitle",
        "uptitle", "abovetitle", "superheadline", "superhead", "headlineprefix",
        "titleprefix",
        # German, Dutch, Nordic
        "dachzeile", "spitzmarke", "roofline", "topline", "oberzeile", "bovenkop",
        "chapeau", "vignet", "overrubrik", "stikktittel",
        # Spanish, Portuguese, Italian, French
        "volanta", "antetitulo", "cintillo", "epigrafe", "antetitle", "chapeu",
        "occhiello", "sopratitolo", "surtitre", "surtitulo", "soprattitolo",
        # Polish, Czech, Russian, Ukrainian, Turkish, Persian, Indonesian, Greek
        "nadtytul", "nadtitulek", "nadzagolovok", "ustbaslik", "rutitr", "rootitr",
        "rotitr", "atasjudul", "ypertitlos", "ipertitlos",
    }
)  # fmt: skip
