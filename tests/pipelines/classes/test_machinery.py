from __future__ import annotations

import pytest

from pipelines.classes import machinery
from tests.pipelines.classes.labelled import parse

URL = "https://news.example/2025/03/harbour-wall/"


def a_page(body):
    return parse(f"<html><head></head><body>{body}</body></html>", URL)


@pytest.mark.parametrize(
    "script",
    [
        "document.cookie='ok=1';location.reload()",
        "if(!navigator.webdriver){location.href='/x?p=1'}",
        "crypto.subtle.digest('SHA-256',b).then(()=>location.replace('/'))",
    ],
)
def test_a_script_that_proves_something_and_returns_is_that_of_a_check(script):
    assert machinery.comes_back(a_page(f"<p>Wait</p><script>{script}</script>"))


@pytest.mark.parametrize(
    "script",
    ["document.cookie='seen=1'", "location.href='/home'", "console.log('location')"],
)
def test_a_script_that_does_one_of_both_is_not(script):
    assert not machinery.comes_back(a_page(f"<p>Wait</p><script>{script}</script>"))


@pytest.mark.parametrize(
    "text",
    [
        "Your address: 198.51.100.23.",
        "Ray ID: 8c1f77ab9e2d4410",
        "Reference #18.2c5d3e17.1746378000.a91bb02",
        "f2d9c4b0-8a1e-11f0-b6c5-0242ac120002",
    ],
)
def test_addresses_and_numbers_of_incidents_are_references(text):
    assert machinery.has_reference(text)


@pytest.mark.parametrize(
    "text",
    ["Call 01632 960 001.", "On 12.03.2004 at 10.42", "Version 1.2.3", "deadbeef"],
)
def test_numbers_of_news_are_no_references(text):
    assert not machinery.has_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        'Traceback (most recent call last):\n  File "x.py", line 2',
        "Warning: mysqli_connect(): refused in db.php on line 12",
        "SQLSTATE[HY000] [1040] Too many connections",
        "System.NullReferenceException: Object reference not set",
        "at org.paper.Story.show(Story.java:88)",
    ],
)
def test_programs_that_break_down_leave_traces(text):
    assert machinery.has_trace(text)
    assert not machinery.has_trace("An error of judgement, said the judge on line two.")


def test_a_field_for_members_is_not_that_of_a_newsletter():
    assert machinery.asks_for_name(a_page("<form><input name='username'></form>"))
    assert machinery.asks_for_name(a_page("<form><input type='password'></form>"))
    assert not machinery.asks_for_name(a_page("<form><input type='email'></form>"))


@pytest.mark.parametrize(
    "body",
    [
        "<img src='/n.png'><input name='n'>",
        "<div class='slider'></div>",
    ],
)
def test_a_picture_with_a_field_and_a_slider_are_tasks(body):
    assert machinery.has_task(a_page(body))
    assert not machinery.has_task(a_page(f"{body}<input type='password'>"))
