"""Time stamps of editions by RFC 3161: a stamping service signs that a hash existed at a moment.

Only the hash leaves this machine. The answer is kept beside the edition as the service gave it, so that anybody can
check it with `openssl ts -verify -data SHA256SUMS -in <edition>.tsr`.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import Final

import httpx
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
from rfc3161_client.tsp import PKIStatus, TimeStampRequest, TimeStampResponse

from data.editions import SUMS, Edition, EditionError, sums_of
from data.programme import Programme
from data.published import sync_folder
from scrapers.fetch import user_agent

SECONDS: Final = 30.0
MAX_BYTES: Final = 1 << 20
GRANTED: Final = (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)


class StampError(Exception):
    """There is no stamp; the message says why and how to try again."""


@dataclass(frozen=True)
class Stamp:
    """What a stamp says: the moment, and the hash (hexadecimal) that existed then."""

    at: dt.datetime
    sha256: str


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
    request = TimestampRequestBuilder().data(body).hash_algorithm(HashAlgorithm.SHA256).build()
    subject = programme.programme
    try:
        answer = _asked(url, request.as_bytes(), user_agent(subject.agent, subject.contact, subject.base_url))
        found = _granted(answer, request)
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


def _granted(answer: bytes, request: TimeStampRequest) -> Stamp:
    """The stamp in an answer. Raises ValueError where it is refused or is for something else."""
    found = _decoded(answer)
    if found.status not in GRANTED:
        words = "; ".join(found.status_string) or f"status {found.status}"
        raise ValueError(f"refused to stamp ({words})")
    told = found.tst_info
    if told.message_imprint.message != request.message_imprint.message:
        raise ValueError("stamped another hash than was asked")
    if told.nonce != request.nonce:
        raise ValueError("answered another request than ours")
    return _read(found)


def _decoded(answer: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(answer)
    except ValueError as error:
        raise ValueError("answered with something that is no time stamp") from error


def _read(found: TimeStampResponse) -> Stamp:
    told = found.tst_info
    at = told.gen_time if told.gen_time.tzinfo else told.gen_time.replace(tzinfo=dt.UTC)
    return Stamp(at.astimezone(dt.UTC), told.message_imprint.message.hex())


def stamp_findings(edition: Edition) -> list[str]:
    """What is wrong with the stamp of an edition: unreadable, or for other bytes. Nothing where it has none."""
    if not edition.stamp.exists():
        return []
    try:
        found = _read(_decoded(edition.stamp.read_bytes()))
    except (OSError, ValueError):
        return [f"editions/{edition.stamp.name}: is no time stamp that can be read; put back the copy from a backup"]
    if found.sha256 != edition.sha256:
        return [f"editions/{edition.stamp.name}: stamps other bytes than those of edition {edition.name}"]
    return []
