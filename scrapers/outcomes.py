"""Why a page could not be had: an exception for each outcome of the closed list that is not an answer."""

from __future__ import annotations

from typing import ClassVar

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


def failure(error: FetchError, *, tries: int = 1, redirects: tuple[Hop, ...] = ()) -> Failure:
    """What an attempt that ends with this error is recorded as."""
    return Failure(error.outcome, error.detail, error.status, tries, redirects)
