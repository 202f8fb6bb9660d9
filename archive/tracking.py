"""Query parameters that do not tell which article is meant.

Names tell where the reader came from, who they are, or how the page shall look. The
table below is ours: written from the documentation of the tools that add the
names, and from the links on news pages. An entry has to name somebody who adds it, and
a name that anybody uses for what the page shows (`id`, `p`, `page`, `story`, `date`)
never stands here without the values it is bound to: to take two articles for one
loses an article, to take one for two costs a request.

Pure. Names and values are compared without regard to case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A parameter, or a family of them, that is left out of an identity."""

    name: str  # in lower case; `utm_*` is the family of all that begin so
    values: str | None  # a regular expression the whole value has to match; None: any
    reason: str  # who adds it


# ------------------------------------------------------------------- whatever the value

_ALWAYS: Final = (
    # campaigns: the tools that count readers
    ("Google Analytics, and all who copied its names", "utm_* ga_source ga_medium"),
    ("Google Analytics", "ga_campaign ga_content ga_term ga_place _ga _gl"),
    ("Google Analytics, internal promotion", "itm_source itm_medium itm_campaign"),
    ("Google Analytics, internal promotion", "itm_content itm_term int_source"),
    ("Google Analytics, internal promotion", "int_medium int_campaign int_content"),
    ("Matomo and Piwik", "mtm_* matomo_* piwik_*"),
    # No family: one newspaper calls the number of an article `pk_no`.
    ("Piwik", "pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid"),
    ("Piano Analytics and AT Internet", "at_* xtor xtref xtcr xtmc"),
    ("comScore Digital Analytix (BBC and others)", "ns_*"),
    ("Webtrends (Telegraph and others)", "wt.*"),
    ("Webtrekk (Zeit, Heise, Welt)", "wt_mc wt_zmc wt_cc1 wtmc wtrid"),
    ("Adobe Analytics", "s_cid s_kwcid sc_cid ef_id cmpid cmp intcmp icid"),
    ("Adobe Analytics, as publishers name it", "intcid ncid n_cid"),
    ("IBM Coremetrics", "cm_mmc cm_ven cm_cat cm_pla cm_ite cm_sp cm_re cm_lm"),
    ("Taboola, Outbrain, Branch, Impact", "tblci dicbo obclick _branch_match_id"),
    ("Taboola, Outbrain, Branch, Impact", "irclickid obrecid"),
    ("OpenStat", "_openstat"),
    # clicks: who sold the way here
    ("Google Ads", "gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid"),
    ("Google Search", "srsltid ved usg"),
    ("Google, reading without paying", "gaa_*"),
    ("Microsoft", "msclkid ocid cvid"),
    ("Yandex", "yclid ysclid"),
    ("Facebook", "fbclid fb_action_ids fb_action_types fb_ref fb_source mibextid"),
    ("Facebook", "fb_comment_id"),
    ("Instagram, Threads", "igshid igsh"),
    ("Twitter, X", "twclid ref_src ref_url __twitter_impression"),
    ("LinkedIn", "li_fat_id lipi trk trkinfo"),
    ("TikTok, Snapchat, Pinterest, Reddit, VK", "ttclid sccid epik rdt_cid vkclid"),
    ("HubSpot", "_hsenc _hsmi __hssc __hstc __hsfp hsctatracking hsa_*"),
    # letters: what mailing tools add to links
    ("Mailchimp", "mc_cid mc_eid"),
    ("Marketo, Eloqua, Vero, Drip", "mkt_tok elq* vero_id vero_conv __s"),
    ("Acoustic, Silverpop", "spmailingid spuserid spjobid spreportid"),
    ("Salesforce", "sfmc_* et_rid et_cid"),
    ("Klaviyo, Bronto, Listrak", "_ke _kx _bta_tid _bta_c trk_contact trk_msg"),
    ("Klaviyo, Bronto, Listrak", "trk_module trk_sid"),
    ("dotdigital, Omeda, MailerLite, Kit", "dm_i dm_t oly_enc_id oly_anon_id"),
    ("dotdigital, Omeda, MailerLite, Kit", "ml_subscriber ml_subscriber_hash"),
    ("dotdigital, Omeda, MailerLite, Kit", "ck_subscriber_id"),
    ("Blueshift", "bsft_*"),
    # publishers' own
    ("New York Times", "smid smtyp smvar emc regi_id unlocked_article_code"),
    ("Washington Post", "itid wpisrc wpmm wpmk wprss hpid"),
    ("CNN", "iref hpt"),
    ("Daily Mail, Metro", "ito ico"),
    ("BBC", "pinned_post_locator pinned_post_asset_id pinned_post_type"),
    ("Financial Times", "ftcamp segmentid"),
    ("Wired, Vogue, New Yorker", "mbid"),
    ("Reuters", "feedtype feedname"),
    ("Yahoo, AOL, TechCrunch", "guccounter guce_* .tsrc soc_src soc_trk tpcc"),
    ("CBS, CNET", "ftag"),
    ("New York Post and other users of SocialFlow", "sr_share"),
    ("Spiegel", "sara_ref sara_ecid"),
    ("Deutsche Welle", "maca"),
    ("Neue Zürcher Zeitung", "mktcid mktcval"),
    ("El País", "ssm"),
    ("Le Monde", "lmd_medium lmd_campaign lmd_creation lmd_email_link lmd_link"),
    ("Le Figaro", "figmc"),
    ("Corriere della Sera", "refresh_ce refresh_ce-cp"),
    ("Alibaba's counting (Sohu, South China Morning Post)", "spm"),
    ("Toutiao", "log_from"),
    ("Tencent", "pgv_ref"),
    ("Substack", "triedredirect isfreemail"),
    # the reader, their session, their comment
    ("referrer, by its name", "referrer referer refsource"),
    ("PHP session", "phpsessid"),
    ("Java session", "jsessionid"),
    ("ASP session", "aspsessionid*"),
    ("ColdFusion session", "cfid cftoken"),
    ("osCommerce and Zen Cart session", "oscsid zenid"),
    ("WordPress: a comment that is answered or liked", "replytocom like_comment"),
    ("WordPress: against forged requests", "_wpnonce"),
    # the viewer around an AMP page
    ("Google's AMP viewer", "usqp amp_js_v amp_gsa amp_kit amp_lite amp_latest_update"),
)

# ------------------------------------------------------------------- bound to a value

_ORIGINS: Final = (
    r"(?:rss\d*|rss-?feeds?|feeds?|feedburner|feedly|atom|newsletters?|e-?mail|"
    r"twitter|twtr|tw|facebook|fb|fbpr|whatsapp|telegram|linkedin|instagram|"
    r"reddit|pinterest|flipboard|smartnews|newsbreak|upday|applenews|google-?news|"
    r"google|yahoo|bing|msn|hackernews|social|socialmedia|socialflow|share|sharing|"
    r"share-?button|home|home-?page|hp|front|front-?page|startseite|portada|accueil|"
    r"top-?nav|nav|navbar|menu|header|footer|sidebar|ticker|widget|related|recirc|"
    r"recommended|trending|most-?read|most-?popular|headlines?|puerto-reco|push|"
    r"notification|ios|android|wap)(?:[-_.:|/ ].*)?"
)
_HOST: Final = (
    r"(?:[a-z0-9-]+\.)+(?!s?html?$|php|asp|jsp|pdf|xml|json|txt|jpe?g|png|gif|mp)"
    r"[a-z]{2,24}"
)
_FLAG: Final = r"(?:0|1|true|false|yes|no|on|off|y|n)?"
_VIEW: Final = r"(?:amp|mobile|wap|touch|print|printable|printer-?friendly|printview)"
# A digest or a random word: letters and digits mixed. A story number is digits alone.
_RANDOM: Final = r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])(?:[0-9a-f]{16,128}|[0-9a-z]{24,64})"

_NETWORKS: Final = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest|tumblr|pocket|"
    r"email|print|skype|line|vk|xing|mastodon|bluesky|threads|jetpack-.*|custom-.*)"
)

_BOUND: Final = (
    ("where the reader came from", "from fr ref r source src origin via", _ORIGINS),
    ("where the reader came from", "cid partner medium campaign", _ORIGINS),
    ("the site the reader came from (Ghost, Medium and others)", "ref via", _HOST),
    (
        "Wall Street Journal, MarketWatch",
        "mod",
        r"(?:rss|hp|home-page|searchresults|mw|trending)(?:_.*)?|e2[a-z]{2}|djem.*",
    ),
    ("Washington Post", "tid", r"(?:ss|sm|pm|a|hybrid)_[a-z_.-]+"),
    ("New York Times", "_r", r"[0-9]"),
    (
        "buttons that send the page on (WordPress)",
        "share",
        _NETWORKS,
    ),
    ("feeds that mark their links", "rss", _FLAG),
    ("Alibaba's counting (Sohu)", "scm", r"[0-9]+(?:[.:~][0-9a-z_-]+)+"),
    ("session", "sid sessid sessionid session_id session", _RANDOM),
    # another rendering of the same article
    ("AMP", "amp", rf"{_FLAG}|amp"),
    ("AMP", "type service", r"amp"),
    ("AMP, mobile and print", "outputtype output view mode layout format", _VIEW),
    ("AMP, mobile and print", "display render device devicetype", _VIEW),
    ("mobile", "mobile is_mobile ismobile nomobile touch wap", _FLAG),
    ("mobile (Blogger)", "m", r"[01]"),
    ("Blogger's buttons", "spref", r"tw|fb|gr|pi|bl"),
    ("print", "print printable printerfriendly printer_friendly", _FLAG),
    ("print", "print_view printview printpage printversion", _FLAG),
    ("print, and all pages on one (New York Times)", "pagewanted", r"print|all"),
)

TRACKING: Final = tuple(
    Mark(name=name, values=values, reason=reason)
    for reason, names, values in (*((*row, None) for row in _ALWAYS), *_BOUND)
    for name in names.split()
)

_FAMILIES: Final = tuple(mark.name[:-1] for mark in TRACKING if mark.name.endswith("*"))
_NAMES: Final = frozenset(mark.name for mark in TRACKING if mark.values is None)
_VALUES: Final = {
    name: re.compile(
        "|".join(m.values for m in TRACKING if m.name == name and m.values)
    )
    for name in {mark.name for mark in TRACKING if mark.values is not None}
}


def is_tracking(name: str, value: str) -> bool:
    """Say whether a parameter tells nothing of which article is meant.

    Both as they stand in the query, with no more escapes than they need.
    """
    name = name.lower()
    if name in _NAMES or name.startswith(_FAMILIES):
        return True
    values = _VALUES.get(name)
    return values is not None and values.fullmatch(value.lower()) is not None
