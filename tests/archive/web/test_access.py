"""Who may read the page: names, origins, passwords, tokens, tries."""

from __future__ import annotations

import html
import re

import pytest
from starlette.datastructures import Headers

from archive.errors import UsageError
from archive.web.access import SESSION_COOKIE, Access, session_of
from archive.web.login import own_path
from archive.web.passwords import Password, Token, Tries, read_password

TOKEN = "a-token-of-some-length"
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1:8017", True),
        ("127.0.0.1", True),
        ("localhost:1", True),
        ("LocalHost", True),
        ("localhost.", True),
        ("[::1]:8017", True),
        ("192.0.2.7:8017", True),  # no site can have an address for its name
        ("archive.example:443", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("2130706433", False),
        ("evil.example@127.0.0.1", True),  # what it is asked as does not matter
        ("127.0.0.1:port", False),
        ("[::1", False),
        ("", False),
        (":8017", False),
    ],
)
def test_a_foreign_name_is_not_answered(host, is_ours):
    assert Access(names=["Archive.example"]).is_own_name(host) is is_ours


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"origin": "http://127.0.0.1:8017"}, True),
        ({"origin": "https://127.0.0.1:8017"}, True),  # a proxy that speaks TLS
        ({"origin": "http://127.0.0.1:8018"}, False),  # replay has a port of its own
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://[::1"}, False),
        ({}, True),  # a program
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"cookie": "dateline_theme=dark"}, False),
    ],
)
def test_only_our_own_pages_change_anything(headers, is_ours):
    all_headers = Headers({"host": "127.0.0.1:8017", **headers})
    assert Access().is_own_origin(all_headers) is is_ours


@pytest.mark.parametrize("other", ['a={"x": 1}', "a=b c", "ä=1", "a", "=", "a[]=1"])
def test_cookies_of_others_do_not_hide_the_session(other):
    cookies = f"{other}; {SESSION_COOKIE}=abc; theme=dark"
    assert session_of(Headers({"cookie": cookies})) == "abc"


def test_a_page_under_a_foreign_name_shows_nothing(client):
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "headline" not in answer.text


def test_another_site_can_not_post(client):
    answer = client.post(
        "/theme", data={"theme": "dark"}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/articles?q=a%20b&page=2", "/articles?q=a%20b&page=2"),
        ("/replay/2026/https://a.example/%C3%A4?b=%26", None),
        ("/articles?q=" + "a" * 9000, "/"),
    ],
)
def test_a_login_leads_to_where_one_wanted(client_of, wanted, reached):
    private = client_of(access=Access([Token(TOKEN)]), headers=HTML)
    page = private.get(private.get(wanted).headers["location"])
    assert page.status_code == 200
    there, *_ = re.findall(r'name="next" value="([^"]*)"', page.text)
    entered = private.post(
        "/login", data={"secret": TOKEN, "next": html.unescape(there)}
    )
    assert entered.headers["location"] == (reached or wanted)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {f"next{n}": "a" * 900_000 for n in range(3)}},  # kept in memory
        {"files": {"secret": ("a", b"a" * 3_000_000)}},  # kept on the disk
    ],
)
def test_nobody_can_send_without_end(client_of, sent):
    private = client_of(access=Access([Token(TOKEN)]), headers=HTML)
    answer = private.post("/login", **sent)
    assert answer.status_code == 413
    assert "nothing was done" in answer.text


def test_the_choice_of_colours_is_kept(client):
    answer = client.post(
        "/theme",
        data={"theme": "dark", "next": "/sources"},
        headers={"Origin": "http://127.0.0.1"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources")
    assert 'data-theme="dark"' in client.get("/sources").text


# ---------------------------------------------------------------- logging in


@pytest.fixture
def private(client_of):
    access = Access([Token(TOKEN), Password.of("correct horse")])
    return client_of(access=access, headers=HTML)


@pytest.mark.parametrize("path", ["/", "/sources", "/replay/2026/http://x.example/"])
def test_without_a_login_a_page_leads_to_it(private, path):
    answer = private.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("path", ["/api/today", "/openapi.json", "/cdx?url=x.example"])
def test_without_a_login_a_program_is_told_what_to_send(private, path):
    answer = private.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("secret", [TOKEN, "correct horse"])
def test_who_knows_the_secret_is_let_in_until_the_logout(private, secret):
    answer = private.post("/login", data={"secret": secret, "next": "/runs?source=a"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs?source=a")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert private.get("/runs").status_code == 200
    session = private.cookies[SESSION_COOKIE]
    private.post("/logout", headers={"Origin": "http://127.0.0.1"})
    private.cookies.set(SESSION_COOKIE, session)
    assert private.get("/runs").status_code == 303


def test_a_program_is_let_in_by_its_token(private):
    right = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
    assert private.get("/api/runs", headers=right).status_code == 200
    # A password is for people: it is slow to check.
    wrong = {**right, "Authorization": "Bearer correct horse"}
    assert private.get("/api/runs", headers=wrong).status_code == 401


def test_after_some_wrong_guesses_one_has_to_wait(private):
    codes = [
        private.post("/login", data={"secret": f"guess {n}"}).status_code
        for n in range(Tries.FREE)
    ]
    assert codes == [401] * (Tries.FREE - 1) + [429]
    answer = private.post("/login", data={"secret": TOKEN})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_waits_grow_and_are_forgotten_after_a_right_guess():
    tries, now, waits = Tries(), 1000.0, []
    for _ in range(20):
        now += tries.wait_s("192.0.2.1", now)
        tries.failed("192.0.2.1", now)
        waits.append(tries.wait_s("192.0.2.1", now))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:8] == [1, 2, 4, 8]
    assert max(waits) == Tries.LONGEST_S
    assert tries.wait_s("192.0.2.2", now) == 0
    tries.succeeded("192.0.2.1")
    assert tries.wait_s("192.0.2.1", now) == 0


def test_who_has_many_addresses_guesses_as_one():
    tries = Tries()
    for number in range(9):
        tries.failed(f"2001:db8::{number:x}", 0)
    assert tries.wait_s("2001:db8::ffff", 0) > 0
    assert tries.wait_s("2001:db8:1::1", 0) == 0


def test_what_is_remembered_of_tries_is_bounded(monkeypatch):
    monkeypatch.setattr(Tries, "MOST", 3)
    tries = Tries()
    for number in range(10):
        tries.failed(f"192.0.2.{number}", 0)
    assert len(tries._failed) == 3


# ---------------------------------------------------------------- secrets


def test_a_password_file_holds_a_hash_that_only_the_password_opens(tmp_path):
    file = tmp_path / "password"
    file.write_text(Password.of("пароль 密码").line() + "\n")
    assert "пароль" not in file.read_text()
    password = read_password(file)
    assert password.matches("пароль 密码")
    assert not password.matches("пароль")


def test_a_password_may_stand_in_a_file_as_it_is_typed(tmp_path):
    file = tmp_path / "password"
    file.write_text("correct horse\n")
    assert read_password(file).matches("correct horse")


@pytest.mark.parametrize(
    "text",
    ["", "\n", "two\nlines", "scrypt$", "scrypt$3$YQ==$YQ==", "scrypt$2$YQ=$YQ=="],
)
def test_what_is_no_password_file_is_refused(tmp_path, text):
    file = tmp_path / "password"
    file.write_text(text)
    with pytest.raises(UsageError, match=str(file)):
        read_password(file)


def test_a_short_token_is_refused():
    with pytest.raises(UsageError, match="16 characters"):
        Token("short")


def test_secrets_do_not_stand_in_a_traceback():
    assert TOKEN not in repr(Token(TOKEN))


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/runs?source=a", "/runs?source=a"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
    ],
)
def test_a_login_leads_to_a_page_of_ours(asked, given):
    assert own_path(asked) == given
