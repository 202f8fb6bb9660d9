"""Tables that lay out a page become blocks; tables of data stay tables."""

from __future__ import annotations

from lxml import html

from pipelines.body.layout import without_layout_tables


def tags(markup: str) -> list[str]:
    tree = without_layout_tables(html.fromstring(f"<div>{markup}</div>"))
    return [element.tag for element in tree.iter()][1:]


def test_a_cell_with_paragraphs_makes_its_table_blocks() -> None:
    found = tags(
        "<table><tbody><tr><td>menu</td><td><p>one</p><p>two</p></td></tr></table>"
    )
    assert found == ["div", "div", "div", "div", "div", "p", "p"]


def test_a_table_of_data_stays() -> None:
    markup = "<table><tbody><tr><th>town</th><td><p>4</p></td></tr></tbody></table>"
    assert tags(markup) == ["table", "tbody", "tr", "th", "td", "p"]


def test_a_table_of_data_with_paragraphs_in_its_cells_stays() -> None:
    rows = "".join(
        f"<tr><td>plan {n}</td><td><p>lamp {n}</p><p>wick {n}</p></td></tr>"
        for n in range(4)
    )
    assert "table" in tags(f"<table><tbody>{rows}</tbody></table>")


def test_a_table_of_data_within_a_cell_of_layout_stays() -> None:
    data = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    found = tags(f"<table><tr><td><h1>x</h1><p>a</p>{data}</td></tr></table>")
    assert found[-4:] == ["table", "tbody", "tr", "td"]
    assert "div" in found


def test_text_and_order_stay() -> None:
    markup = (
        "<table><tr><td>one<p>two</p><p>three</p>four</td><td>five</td></tr></table>"
    )
    tree = without_layout_tables(html.fromstring(f"<div>{markup}</div>"))
    assert tree.text_content() == "onetwothreefourfive"


def test_deep_tables_cost_little() -> None:
    markup = "<table><tr><td><p>a</p><p>b</p>" * 60 + "</td></tr></table>" * 60
    assert "table" not in tags(markup)
