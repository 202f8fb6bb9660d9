"""Labels are read as other programs write them, and never guessed."""

from __future__ import annotations

import base64
import hashlib

import pytest

from archive.digests import matches, sha1_label, sha256_label

BLOCK = b"as it was sent"
MD5 = hashlib.md5(BLOCK, usedforsecurity=False).digest()
SHA1 = hashlib.sha1(BLOCK, usedforsecurity=False).digest()


def test_our_labels_have_the_customary_form():
    assert sha256_label(BLOCK) == "sha256:" + hashlib.sha256(BLOCK).hexdigest()
    assert sha256_label(BLOCK[:3], BLOCK[3:]) == sha256_label(BLOCK)
    assert sha1_label([BLOCK]) == "sha1:" + base64.b32encode(SHA1).decode()


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        (sha256_label(BLOCK), True),
        (sha256_label(b"other"), False),
        ("sha-256:" + hashlib.sha256(BLOCK).hexdigest().upper(), True),
        (sha1_label([BLOCK]), True),
        (sha1_label([BLOCK]).lower(), True),
        ("sha1:" + SHA1.hex(), True),
        (sha1_label([b"other"]), False),
        # padded Base32 of MD5 is as long as its hex
        ("md5:" + base64.b32encode(MD5).decode(), True),
        ("md5:" + base64.b32encode(MD5).decode().rstrip("="), True),
        ("md5:" + MD5.hex(), True),
        ("md5:" + "0" * 32, False),
        ("sha1:" + base64.b64encode(SHA1).decode(), None),
        ("blake3:00", None),
        ("crc:1", None),
        ("sha256:", None),
        ("", None),
    ],
)
def test_a_label_is_right_wrong_or_not_to_be_told(label, verdict):
    assert matches(label, BLOCK) is verdict
