"""Scrapy's settings for Dateline, alphabetical, each with its reason."""

from importlib.metadata import version

BOT_NAME = "dateline"

CONCURRENT_ITEMS = 1  # of one response: a page is one item
CONCURRENT_REQUESTS = 32  # over all hosts
# As many: crawler.manners holds each host to the number of the source that asks.
CONCURRENT_REQUESTS_PER_DOMAIN = CONCURRENT_REQUESTS

COOKIES_ENABLED = False  # an archive shows what anybody would have been sent

# Language negotiation would bend what is archived; `*/*` keeps feeds served.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}

DOWNLOAD_DELAY = 0  # crawler.manners paces each host, in the handler
DOWNLOAD_HANDLERS = {
    "http": "crawler.wire.handler.WireHandler",
    "https": "crawler.wire.handler.WireHandler",
    # Nothing but HTTP is ever fetched.
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.RobotsMiddleware": 100,
    # Replaced by ours: it parses robots.txt of any status, and allows on failure.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # The wire decides what is accepted, and payloads stay as they came.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # <meta refresh> is a page's wish, not the server's answer.
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
}

EXTENSIONS = {
    "scrapy.extensions.remote_control.RemoteControl": None,  # no open ports
    "scrapy.extensions.telnet.TelnetConsole": None,
}
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

HTTPERROR_ALLOW_ALL = True  # error answers are captures like any other

ITEM_PIPELINES = {"crawler.items.TextPipeline": 100}

LOG_LEVEL = "WARNING"  # the command reports; `-L INFO` shows Scrapy's own view
LOGSTATS_INTERVAL = 0

NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_MODULES = ["crawler.spiders"]

REDIRECT_MAX_TIMES = 10
# Nobody needs to know where we found an address.
REFERRER_POLICY = "scrapy.spidermiddlewares.referer.NoReferrerPolicy"

RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the misses say it
RETRY_EXCEPTIONS = ["crawler.errors.WireFailure"]
RETRY_HTTP_CODES: list[int] = []  # an error answer is an answer: captured, not repeated
RETRY_TIMES = 2

ROBOTSTXT_OBEY = True  # crawler.middlewares; the setting says so to whoever looks

SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32 * 1024 * 1024  # bytes waiting for their text

STATS_DUMP = False
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"  # IPv6 too
URLLENGTH_LIMIT = 0  # crawler.filters refuses, with an outcome

USER_AGENT = f"dateline/{version('dateline')} (news archive; RFC 9309)"
ROBOTS_TOKEN = "dateline"  # noqa: S105 (a product token, RFC 9309, 2.2.1)
