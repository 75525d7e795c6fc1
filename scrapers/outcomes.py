"""The one place where an exception becomes an outcome: by its type and the type of its cause, never by its message."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import ClassVar

import httpcore
import httpx

from scrapers.capture import Failure, Hop


class FetchError(Exception):
    """A page could not be had. The message is a sentence for a person; `outcome` is a word of the closed list."""

    outcome: ClassVar[str] = "protocol-error"

    def __init__(self, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


class AddressRefused(FetchError):
    """The address is not one that this record asks: private, local, malformed or of another scheme."""

    outcome = "refused-address"


class NameNotFound(FetchError):
    """The host's name does not resolve."""

    outcome = "dns-error"


class NoConnection(FetchError):
    """No address of the host accepted a connection."""

    outcome = "connect-error"


class CertificateRefused(FetchError):
    """TLS could not be agreed on, or the certificate is not valid."""

    outcome = "tls-error"


class HandshakeTimedOut(CertificateRefused):
    """The server accepted a connection and then did not answer the offer to secure it. It may pass."""


class DeadlinePassed(FetchError):
    """The try took longer than the deadline."""

    outcome = "timed-out"


class ConnectTimedOut(DeadlinePassed):
    """The server did not accept a connection in time: there is nobody to ask."""


class RobotsRefused(FetchError):
    """robots.txt asks not to be collected, or could not be read."""

    outcome = "robots"


class TooLarge(FetchError):
    """The body passed a cap on bytes, before or after decoding."""

    outcome = "too-large"


class CutShort(FetchError):
    """The connection or the compressed stream ended before the body did."""

    outcome = "truncated"


class Undecodable(FetchError):
    """The body is not what its Content-Encoding says, or that coding is not known."""

    outcome = "undecodable"


class RedirectLoop(FetchError):
    """Redirects came back to where they began, or there were too many."""

    outcome = "redirect-loop"


class BrokenAnswer(FetchError):
    """The answer breaks the rules of HTTP."""

    outcome = "protocol-error"


class RateLimited(FetchError):
    """The site asked for a pause longer than a run waits."""

    outcome = "rate-limited"


class ServerFailed(FetchError):
    """The server answered with an error of its own, again and again."""

    outcome = "server-error"


class Stopped(Exception):
    """The run was asked to end while a request was under way. Not an outcome: the source stays unfinished."""


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


def failure(error: FetchError, *, tries: int = 1, redirects: tuple[Hop, ...] = ()) -> Failure:
    """What an attempt that ends with this error is recorded as."""
    return Failure(error.outcome, error.detail, error.status, tries, redirects)
