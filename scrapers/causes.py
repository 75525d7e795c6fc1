"""The one place where an exception becomes an outcome: by its type and the type of its cause, never by its message."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import httpcore
import httpx

from scrapers.outcomes import (
    AddressRefused,
    BrokenAnswer,
    CertificateRefused,
    DeadlinePassed,
    FetchError,
    NameNotFound,
    NoConnection,
)

LIBRARY_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpcore.TimeoutException, httpcore.NetworkError,
                  httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError)  # fmt: skip
"""What the HTTP stack raises for operational reasons. Anything else is a bug and is let through."""


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found


def _bad_certificate(cause: BaseException) -> FetchError:
    told = getattr(cause, "verify_message", None) or "it could not be checked"
    return CertificateRefused(f"The certificate is not valid: {told}.")


_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException], FetchError]], ...] = (
    ((ssl.SSLCertVerificationError,), _bad_certificate),
    ((ssl.SSLError,), lambda _: CertificateRefused("No secure connection could be agreed on.")),
    ((socket.gaierror, socket.herror), lambda _: NameNotFound("The host's name was not found.")),
    (
        (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError),
        lambda _: DeadlinePassed("There was no answer in time."),
    ),
    (
        (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol),
        lambda _: AddressRefused("This is not an address that can be asked."),
    ),
    (
        (httpx.ConnectError, httpcore.ConnectError),
        lambda _: NoConnection("The server did not accept a connection."),
    ),
)
"""What exceptions of the libraries mean, the most telling first."""


def named(error: BaseException) -> FetchError:
    """The FetchError that says what a library's exception means."""
    if isinstance(error, FetchError):
        return error
    chain = _causes(error)
    for cause in chain:
        if isinstance(cause, FetchError):
            return cause
    for kinds, meaning in _MEANINGS:
        for cause in chain:
            if isinstance(cause, kinds):
                return meaning(cause)
    if isinstance(error, (httpx.NetworkError, httpcore.NetworkError, OSError)):
        return BrokenAnswer("The connection broke before an answer came.")
    return BrokenAnswer("The answer broke the rules of HTTP.")
