"""Notices arrive signed, and are sent again until they are accepted."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from archive import clock
from archive.errors import UsageError
from archive.watch.database import WatchDatabase
from archive.watch.flags import Outbox
from archive.watch.model import Notice
from crawler.notices import Mail, Messenger, Webhook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"a secret of some length"


class Receiver(ThreadingHTTPServer):
    """Takes posts; answers with the statuses it is given, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.statuses: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Post(BaseHTTPRequestHandler):
    server: Receiver  # type: ignore[mutable-override]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.got.append((headers, body))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    @override
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    database = WatchDatabase(tmp_path)
    yield Outbox(database)
    database.close()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    moments = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moments[0])
    return moments


def test_a_webhook_is_signed_as_the_standard_says(receiver, outbox, time):
    outbox.enter({"type": "run.failed", "source": "Zeitung für jeden"}, NOW)
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    hook = Webhook.of(receiver.url, secret)
    asyncio.run(Messenger(outbox, [hook.send]).send_waiting())
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest())
    assert headers["webhook-signature"] == f"v1,{expected.decode()}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert "Zeitung für jeden" in body.decode("utf-8")
    assert not outbox.waiting(NOW + timedelta(days=1))


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_accepted_is_sent_again_later_under_the_same_id(
    status, receiver, outbox, time
):
    outbox.enter({"type": "x"}, NOW)
    receiver.statuses = [status, status]
    messenger = Messenger(outbox, [Webhook.of(receiver.url, "secret").send])
    asyncio.run(messenger.send_waiting())
    asyncio.run(messenger.send_waiting())  # not yet
    assert len(receiver.got) == 1
    for _ in range(2):
        time[0] += timedelta(minutes=2)
        asyncio.run(messenger.send_waiting())
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert not outbox.waiting(NOW + timedelta(days=9))


def test_it_is_given_up_in_the_end(receiver, outbox, time):
    outbox.enter({"type": "x"}, NOW)
    receiver.statuses = [500] * 100
    messenger = Messenger(outbox, [Webhook.of(receiver.url, "secret").send])
    for _ in range(12):
        time[0] += timedelta(hours=9)
        asyncio.run(messenger.send_waiting())
    assert 3 < len(receiver.got) < 12


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("ftp://a.example/", "s", "no http or https"),
        ("https://a.example/", "", "DATELINE_WEBHOOK_SECRET"),
        ("https://a.example/", "whsec_!", "no base64"),
    ],
)
def test_a_webhook_that_can_not_be_is_refused(url, secret, words):
    with pytest.raises(UsageError, match=words):
        Webhook.of(url, secret)


class Smtp(socketserver.StreamRequestHandler):
    """Enough of an SMTP server to be given a letter (RFC 5321)."""

    letters: list[bytes]

    @override
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    letter += part
                self.letters.append(letter)
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
            if verb == b"QUIT":
                return


def test_a_letter_says_what_happened_in_one_subject_line(time):
    Smtp.letters = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        mail = Mail(
            server=f"smtp://127.0.0.1:{port}",
            sender="dateline@a.example",
            receiver="desk@a.example",
        )
        body = '{"type": "flag.raised", "source": "a\\r\\nBcc: x@y.example"}'
        mail.send(Notice(id="1", made_at=NOW, body=body))
        server.shutdown()
    (letter,) = Smtp.letters
    head = letter.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert b"Subject: Dateline: a Bcc: x@y.example flag.raised" in head
    assert not [line for line in head if line.startswith(b"Bcc")]
