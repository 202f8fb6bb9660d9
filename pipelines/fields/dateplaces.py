"""The places of a page where dates are kept for programs, by name. Pure.

Names are compared in lower case, with "_" and "-" left out and ":" read as ".".
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

PUBLISHED: Final = "published"
MODIFIED: Final = "modified"

# schema.org, and what is written instead; the first that is there counts most.
PROPERTIES: Final = (
    ("datePublished", PUBLISHED),
    ("uploadDate", PUBLISHED),
    ("dateCreated", PUBLISHED),
    ("dateModified", MODIFIED),
)

# Names of <meta>: Open Graph, Dublin Core, Highwire Press, rNews, and those of the
# firms that count readers: Parse.ly, Cxense, Sailthru, Chartbeat, Outbrain, comScore.
_META: Final = {
    PUBLISHED: """
        article.publishedtime og.article.publishedtime og.publishedtime
        publishedtime article.published article.publisheddate og.article.published
        datepublished og.datepublished publisheddate publishdate publishtime
        rnews.datepublished article.publicationdate publicationdate og.publishdate
        parselypubdate cxenseparse.recs.publishtime cxenseparse.publishtime
        sailthru.date pubdate og.pubdate outbraindate dc.date.issued dcterms.issued
        dc.date.publication bt.pubdate ptime pdate citationpublicationdate
        bepresscitationdate citationdate articlepublicationdate
        originalpublicationdate dcsext.articlefirstpublished firstpublished
        mediatorpublishedtime vr.publishedtime shareaholic.articlepublishedtime
        og.releasedate releasedate release.date date.release articledate
        articledateoriginal article.postdate postdate dateposted
        analyticsattributes.articledate content.publishdate publishedat
        twtpublishedat search.contentdate srf.date dtk.publishdate og.regdate
        displaydate lptime datearticle article.articledate weibo.article.createat
        weibo.webpage.createat
        """,
    MODIFIED: """
        article.modifiedtime og.article.modifiedtime og.modifiedtime modifiedtime
        article.modified article.modifieddate datemodified og.datemodified
        og.updatedtime updatedtime article.updatedtime article.updated lastmodified
        lastmod lastupdated lastupdate dc.modified dc.date.modified dcterms.modified
        dcterms.date.modified bt.moddate utime lastdate modificationdate modified
        revised cxenseparse.modifiedtime cxenseparse.espmodifiedtime revisiondate
        dateupdate mediatormodifiedtime weibo.article.updateat
        weibo.webpage.updateat
        """,
}
# Of the page, the first draft, a recording: taken if there is nothing better.
_VAGUE: Final = """
    date dc.date dcterms.date dc.created dcterms.created dc.date.created created
    datecreated createdate contentcreatedate createdat article.created dtk.createddate
    pubyear timestamp docdate gentime creationdate uploaddate
    video.releasedate dctermsdate
    """

_FIELDS: Final = {
    name: (field, False) for field, names in _META.items() for name in names.split()
} | dict.fromkeys(_VAGUE.split(), (PUBLISHED, True))

# Of itemprop (microdata) and property (RDFa), in lower case.
ITEM_FIELDS: Final = {
    "datepublished": PUBLISHED,
    "datecreated": PUBLISHED,
    "datemodified": MODIFIED,
    "dateupdate": MODIFIED,
    "dc:date": PUBLISHED,
    "dc:created": PUBLISHED,
    "schema:datepublished": PUBLISHED,
    "schema:datemodified": MODIFIED,
}


@lru_cache(maxsize=4096)
def meta_field(name: str) -> tuple[str, bool] | None:
    """Give the field that a <meta> of that name is of, and whether it is vague."""
    return _FIELDS.get(
        name.lower().replace("_", "").replace("-", "").replace(":", ".").strip(". ")
    )
