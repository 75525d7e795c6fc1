"""Time stamps of editions by RFC 3161: a stamping service signs that a hash existed at a moment.

Only the hash leaves this machine. The answer is kept beside the edition as the service gave it, so that anybody can
check it with `openssl ts -verify -data SHA256SUMS -in <edition>.tsr`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from dataclasses import dataclass
from typing import Any, Final

import httpx
from asn1crypto import cms, core, tsp

from data.durable import sync_folder
from data.editions import SUMS, Edition, EditionError, sums_of
from data.programme import Programme
from scrapers.fetch import user_agent

SECONDS: Final = 30.0
MAX_BYTES: Final = 1 << 20
GRANTED: Final = ("granted", "granted_with_mods")


class StampError(Exception):
    """There is no stamp; the message says why and how to try again."""


@dataclass(frozen=True)
class Stamp:
    """What a stamp says: the moment, and the hash (hexadecimal) that existed then."""

    at: dt.datetime
    sha256: str


class _Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp of RFC 3161; the library's own demands a token of a refusal, which has none."""

    _fields = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012


def stamp(edition: Edition, programme: Programme) -> Stamp:
    """Have an edition stamped by the service that programme.toml names, and keep the answer beside it.

    Raises StampError where there is a stamp already, no service is named, or it gives none that fits.
    """
    url = programme.edition.timestamp_url
    again = f"The edition is whole without it. Try again with: sim-record edition --stamp {edition.name}"
    if not url:
        raise StampError("No stamping service is named: set timestamp_url under [edition] in programme.toml.")
    if edition.stamp.exists():
        raise StampError(f"editions/{edition.stamp.name} is there already; a stamp is never replaced.")
    try:
        sums_of(edition)
        body = (edition.folder / SUMS).read_bytes()
    except (EditionError, OSError) as error:
        raise StampError(f"{error}. What is not whole is not stamped.") from error
    digest, nonce = hashlib.sha256(body).digest(), secrets.randbits(63)
    subject = programme.programme
    try:
        answer = _asked(url, query(digest, nonce), user_agent(subject.agent, subject.contact, subject.base_url))
        found = _granted(answer, digest, nonce)
    except httpx.HTTPError as error:
        raise StampError(f"{url}: no answer ({error or type(error).__name__}). {again}") from error
    except ValueError as error:
        raise StampError(f"{url}: {error}. {again}") from error
    temporary = edition.stamp.with_name(f".{edition.stamp.name}.new")
    try:
        with temporary.open("wb") as handle:
            handle.write(answer)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.chmod(0o444)
        temporary.replace(edition.stamp)
        sync_folder(edition.stamp.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StampError(f"{edition.stamp}: {error.strerror}. {again}") from error
    return found


def _asked(url: str, query: bytes, agent: str) -> bytes:
    """The service's answer. Raises httpx.HTTPError, or ValueError for an answer that is none."""
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": agent}
    with (
        httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
        client.stream("POST", url, content=query, headers=headers) as answer,
    ):
        if answer.status_code != 200:
            raise ValueError(f"answered {answer.status_code} and no stamp")
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > MAX_BYTES:
                raise ValueError("answered with more than a stamp can be")
    return bytes(body)


def query(digest: bytes, nonce: int) -> bytes:
    """The request (TimeStampReq, DER) for a stamp on a SHA-256, with the certificates that readers need."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    asked = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    written: bytes = asked.dump()
    return written


def _granted(answer: bytes, digest: bytes, nonce: int) -> Stamp:
    """The stamp in an answer. Raises ValueError where it is refused or is for something else."""
    status, told = _read(answer)
    if told is None:
        raise ValueError(f"refused to stamp ({status})")
    if told["message_imprint"]["hashed_message"].native != digest:
        raise ValueError("stamped another hash than was asked")
    if told["nonce"].native != nonce:
        raise ValueError("answered another request than ours")
    return _stamp(told)


def _read(answer: bytes) -> tuple[str, Any]:
    """What an answer says of itself, and the TSTInfo that it signs, None where it refuses. Raises ValueError."""
    try:
        found = _Answer.load(answer, strict=True)
        state = found["status"]["status"].native
        words = found["status"]["status_string"].native
        if state not in GRANTED:
            return "; ".join(map(str, words)) if words else str(state), None
        signed = found["token"]["content"]["encap_content_info"]
        if signed["content_type"].native != "tst_info":
            raise ValueError("the token holds something else")
        return str(state), signed["content"].parsed
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError("answered with something that is no time stamp") from error


def _stamp(told: Any) -> Stamp:
    try:
        at = told["gen_time"].native
        return Stamp(at.astimezone(dt.UTC), told["message_imprint"]["hashed_message"].native.hex())
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("answered with something that is no time stamp") from error


def stamp_findings(edition: Edition) -> list[str]:
    """What is wrong with the stamp of an edition: unreadable, or for other bytes. Nothing where it has none."""
    if not edition.stamp.exists():
        return []
    try:
        found = _stamp(_read(edition.stamp.read_bytes())[1])
    except (OSError, ValueError):
        return [f"editions/{edition.stamp.name}: is no time stamp that can be read; put back the copy from a backup"]
    if found.sha256 != edition.sha256:
        return [f"editions/{edition.stamp.name}: stamps other bytes than those of edition {edition.name}"]
    return []
