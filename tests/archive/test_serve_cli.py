"""`dateline serve` and `dateline password`, run as a user does."""

from __future__ import annotations

import io
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from archive.collection import Collection
from archive.errors import UsageError
from archive.serve_cli import is_loopback, password
from archive.web.passwords import read_password
from tests.support.command import arguments, environment, read

TOKEN = "a-token-of-some-length"


@pytest.fixture
def root(tmp_path):
    Collection.create(tmp_path / "c").close()
    return tmp_path / "c"


@contextmanager
def served(*words: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        arguments("serve", *words, "--port", 0),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)
        assert address, line
        yield process, address[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def status(url: str, headers: dict[str, str] | None = None) -> int:
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_it_says_where_it_is_answers_and_ends_at_ctrl_c(root):
    with served("-c", root) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert status(address) == 200
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert said.strip() == "ended"


def test_a_token_opens_it(root):
    with served("-c", root, "--token", TOKEN) as (_, address):
        there = f"{address}api/today"
        assert status(there) == 401
        assert status(there, {"Authorization": f"Bearer {TOKEN}"}) == 200


def test_a_folder_without_a_collection_is_told_what_to_do(tmp_path):
    ran = read("serve", "-c", tmp_path / "nowhere")
    assert ran.code == 2
    assert "dateline init" in ran.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "archive.example"])
def test_other_machines_need_a_token_or_a_password(root, host):
    ran = read("serve", "-c", root, "--host", host)
    assert ran.code == 2
    assert "--token" in ran.err
    assert "--password-file" in ran.err


def test_a_port_that_is_taken_is_told_with_a_way_out(root):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = read("serve", "-c", root, "--port", port)
    assert ran.code == 2
    assert f"port {port} of 127.0.0.1 is taken" in ran.err
    assert "--port" in ran.err


def test_an_address_of_another_machine_is_refused(root):
    ran = read("serve", "-c", root, "--host", "192.0.2.1", "--token", TOKEN)
    assert ran.code == 2
    assert "192.0.2.1" in ran.err


def test_a_password_is_written_as_a_hash_for_its_owner_alone(tmp_path, typed, capsys):
    file = tmp_path / "password"
    typed("correct horse\n")
    password(file)
    assert f"--password-file {file}" in capsys.readouterr().out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "correct" not in file.read_text()
    assert read_password(file).matches("correct horse")


def test_a_short_password_is_refused(tmp_path, typed):
    typed("short\n")
    with pytest.raises(UsageError, match="8 characters"):
        password(tmp_path / "password")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def typed(monkeypatch):
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("", False),
        ("localhost.example", False),
    ],
)
def test_what_this_machine_alone_can_reach(host, alone):
    assert is_loopback(host) is alone
