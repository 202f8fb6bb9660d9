"""Cases of what a robots.txt says: paths and groups."""

from __future__ import annotations

from tests.support.robotsweb.cases import OPEN, SHUT, ours, rules

PATHS = (
    ours(
        "the longest match",
        "Disallow: /a/\nAllow: /a/b/\nDisallow: /a/b/c",
        allowed="/a/b/1.html /b.html",
        refused="/a/1.html /a/b/c.html",
    ),
    ours(
        "the longest match, whatever the order",
        "Allow: /\nDisallow: /a/b/c\nAllow: /a/b/\nDisallow: /a/",
        allowed="/a/b/1.html /b.html",
        refused="/a/1.html /a/b/c.html",
    ),
    ours(
        "of equal ones that which allows",
        "Disallow: /page\nAllow: /page\nAllow: /leaf\nDisallow: /leaf",
        allowed="/page-1.html /leaf-1.html",
    ),
    ours(
        "a star counts for its length",
        "Disallow: /a/*/x\nAllow: /a/b/",
        allowed="/a/b/1.html",
        refused="/a/b/x.html /a/c/x.html",
    ),
    ours(
        "a star and the end",
        "Disallow: /*.pdf$",
        allowed="/papers/1.pdf.html /papers/1.pdf?page=2",
        refused="/papers/1.pdf /2.pdf",
    ),
    ours(
        "stars in the middle",
        "Disallow: /news/*/draft*secret",
        allowed="/news/draft-secret.html /news/2026/draft-1.html",
        refused="/news/2026/draft-1-secret.html",
    ),
    ours(
        "the end",
        "Disallow: /end$",
        allowed="/end.html /end/1.html",
        refused="/end",
    ),
    ours("nothing", "Disallow:", allowed="/ /a.html"),
    ours("everything", "Disallow: /", refused="/ /a.html /b/?c=1"),
    ours(
        "letters as they are, or percent-encoded",
        "Disallow: /ツ/\nDisallow: /%E6%96%B0/\nDisallow: /%e8%81%9e/",
        allowed="/%E3%83%85/1.html",
        refused="/%E3%83%84/1.html /ツ/2.html /新/1.html /%e6%96%b0/2.html /聞/1.html",
    ),
    ours(
        "encoded without need",
        "Disallow: /foo/%62%61%7A\nDisallow: /qux/",
        allowed="/foo/bar.html",
        refused="/foo/baz.html /%71ux/1.html /foo/b%61z/2.html",
    ),
    ours(
        "an encoded slash is no slash",
        "Disallow: /a%2Fb",
        allowed="/a/b.html",
        refused="/a%2Fb.html /a%2fb/c.html",
    ),
    ours(
        "an encoded star is a star",
        "Disallow: /file-%2A.html",
        allowed="/file-x.html",
        refused="/file-*.html",
    ),
    ours(
        "small and capital letters",
        "Disallow: /Shut/",
        allowed="/shut/1.html",
        refused="/Shut/1.html",
    ),
    ours(
        "a query",
        "Disallow: /*?id=\nDisallow: /story?",
        allowed="/p.html?n=1 /story",
        refused="/p.html?id=3 /story?n=1",
    ),
    ours(
        "lines of any kind between",
        "Disallow: /a/\n\nSitemap: {base}/map.xml\nHost: a.example\nnonsense\n\n"
        "Disallow: /b/",
        allowed="/c/1.html",
        refused="/a/1.html /b/1.html",
    ),
    rules(
        "blanks, remarks, a mark and other ends",
        "\ufeffUSER-AGENT: * # all\r\nDisAllow :\t/a/ # no\rallow: /a/b\r\n",
        allowed="/a/b.html",
        refused="/a/1.html",
    ),
    ours(
        "an address that leads to what is shut",
        "Disallow: /shut/",
        allowed="/leads/1.html",
    ),
)

GROUPS = (
    rules(
        "our group against all",
        "User-agent: *\nDisallow: /\n\nUser-agent: dateline\nDisallow: /shut/\n",
        allowed=OPEN,
        refused=SHUT,
    ),
    rules(
        "our group, stricter",
        "User-agent: DateLine\nDisallow: /\n\nUser-agent: *\nAllow: /\n",
        refused="/open/1.html /shut/1.html",
    ),
    rules(
        "our groups are one",
        "User-agent: dateline\nDisallow: /a/\n\nUser-agent: x\nDisallow: /\n\n"
        "User-agent: Dateline\nDisallow: /b/\n\nUser-agent: *\nDisallow: /c/\n",
        allowed="/c/1.html",
        refused="/a/1.html /b/1.html",
    ),
    rules(
        "a group of several",
        "User-agent: x\nUser-agent: dateline\nUser-agent: y\nDisallow: /a/\n\n"
        "User-agent: *\nDisallow: /b/\n",
        allowed="/b/1.html",
        refused="/a/1.html",
    ),
    rules(
        "with a version",
        "User-agent: Dateline/2.0\nDisallow: /a/\n\nUser-agent: *\nDisallow: /b/\n",
        allowed="/b/1.html",
        refused="/a/1.html",
    ),
    rules(
        "others whose names are alike",
        "User-agent: date\nUser-agent: datelinebot\nDisallow: /\n\n"
        "User-agent: *\nDisallow: /b/\n",
        allowed="/a/1.html",
        refused="/b/1.html",
    ),
    rules(
        "none for us",
        "User-agent: x\nDisallow: /\n",
        allowed="/open/1.html /shut/1.html",
    ),
)
