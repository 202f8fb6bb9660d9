from __future__ import annotations

from lxml import etree, html

from pipelines.body.region import cut_out, find_region

PROSE = [
    f"Paragraph {n}: the council of harbour town number {n} has agreed to spend much."
    for n in range(1, 9)
]
PAGE = html.fromstring(
    "<html><head><title>T</title></head><body class=page><nav><a>Home</a></nav>"
    "<div id=main class='col story'><div class=body>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    + "<form><p>Sign up</p></form><aside>Related</aside>tail</div></div>"
    "<div class=side>"
    + "<p>Another story of today, a teaser of some length.</p>" * 9
    + "</div></body></html>"
)


def test_the_region_is_the_deepest_element_of_the_named_text():
    region = find_region(PAGE, "\n".join(PROSE))
    assert region is not None
    assert region.get("class") == "body"


def test_nothing_named_is_no_region():
    assert find_region(PAGE, "") is None
    assert (
        find_region(PAGE, "A text of another page altogether, as long as it is.")
        is None
    )
    assert find_region(html.fromstring("<p>bare</p>"), "x" * 500) is None


def test_a_region_is_cut_out_with_the_names_above_it():
    before = etree.tostring(PAGE)
    cut = cut_out(find_region(PAGE, "\n".join(PROSE)))
    assert etree.tostring(PAGE) == before
    names = [(e.tag, e.get("class")) for e in cut.iter("body", "div", "article")]
    assert names == [("body", "page"), ("div", "col story"), ("article", "body")]
    text = cut.text_content()
    assert all(paragraph in text for paragraph in PROSE)
    assert "tail" in text
    assert "Related" not in text
    assert "Another story" not in text
    assert cut.find(".//form") is not None  # trafilatura looks at forms by itself
