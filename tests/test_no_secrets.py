"""No secret is in the repository: what looks like a key, a token or a password in a tracked file fails."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.home import PACKAGE
from tests.conftest import need

ROOT = PACKAGE.parent
MOST_BYTES = 5_000_000
PATTERNS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "a key of AWS": r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a token of Slack": r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "a key of Stripe": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    "a token of npm or PyPI": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{50,})",
    "a key of a model's service": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}",
    "a web token (JWT)": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "an address with a password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}<>]+:[^\s/:@'\"{}<>$]+@[A-Za-z0-9.-]+",
}
NAMED = re.compile(
    r"""(?ix)\b[\w.-]*(?:passwo?r?d|passwd|secret|token|api_?key|access_?key|credential)[\w.-]*
    ['"]?\s*[:=]\s*['"]([A-Za-z0-9+/=_.~!@\#$%^&*-]{8,})['"]"""
)
"""A value between quotes whose name says that it is secret."""
SHOWN = re.compile(r"(?i)example|a-long-random-text|testing|placeholder|made.?up|pass-?word|secret|x{4}")
"""Values that say of themselves that they are none."""
MADE_UP = {
    # addresses with a name and password that must be refused, and clients of the tests' own servers on loopback
    "an address with a password": {"tests", "data/programme.py"},
}


def disorder(text: str) -> float:
    """Shannon's entropy, bits a character: words have some 3, keys more."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """(line, what it looks like) of each."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in PATTERNS.items():
            if (found := re.search(pattern, line)) and not SHOWN.search(found[0]):
                yield number, what
        for found in NAMED.finditer(line):
            if disorder(found[1]) > 3.2 and re.search(r"[0-9]", found[1]) and not SHOWN.search(found[1]):
                yield number, "a secret by its name"


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    need(listed.returncode == 0 and listed.stdout, "this is no checkout with git")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_tracked_file_holds_a_secret() -> None:
    need(shutil.which("git"), "git is not installed")
    found, looked = [], 0
    for file in tracked():
        if not file.is_file() or file.stat().st_size > MOST_BYTES or file == Path(__file__):
            continue
        place = file.relative_to(ROOT).as_posix()
        body = file.read_bytes()
        if b"\0" in body[:8000]:
            continue
        looked += 1
        for line, what in secrets_in(body.decode("utf-8", "replace")):
            if not place.startswith(tuple(MADE_UP.get(what, ()))):
                found.append(f"{place}:{line}: looks like {what}")
    assert not found, "\n".join(found)
    assert looked > 300


@pytest.mark.parametrize(
    "name", [".env", "id_rsa", "id_ed25519", "secrets.toml", "credentials.json", ".pgpass", ".netrc"]
)
def test_no_file_of_secrets_is_tracked(name: str) -> None:
    need(shutil.which("git"), "git is not installed")
    assert not [file for file in tracked() if file.name == name]


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
        "aws = AKIA" + "Z7Q2M4N6P8R1T3V5",
        "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
        "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        'DATABASE = "postgres://sim:' + 'kH4x9Qz2@db.internal/lake"',
        'cookie_secret = "' + 'f7Qk29Xz81LmPq44Tn"',
        '"api_key": "' + '9f8e7d6c5b4a39281706"',
    ],
)
def test_a_planted_secret_is_found(planted: str) -> None:
    assert list(secrets_in(f"# a comment\n{planted}\n"))


@pytest.mark.parametrize(
    "harmless",
    ['token = "the-first-word"', "STREAMLIT_SERVER_COOKIE_SECRET=a-long-random-text", 'aws_secret_access_key="testing"',
     "https://example.org/a:b@c", 'sha256 = "' + "ab12" * 16 + '"', 'password = os.environ["PGPASSWORD"]'],
)  # fmt: skip
def test_what_is_none_passes(harmless: str) -> None:
    assert not list(secrets_in(harmless))
