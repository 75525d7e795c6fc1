"""Addresses compared: what is the same page under another spelling."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref_src|recruiter|recruited_by_id|share_bandit_exp")
_SAFE = "!$&'()*+,;=:@~-._"


def host_of(url: str) -> str:
    """The host in lower case without "www." and port, or "" where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.")


def path_of(url: str) -> str:
    """The path, percent-decoded, or "" where the address cannot be read."""
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def absolute(url: str | None, base: str) -> str | None:
    """The address as an absolute http(s) one, or None where it is not one."""
    if not url or not (text := url.strip()):
        return None
    try:
        joined = urljoin(base, text)
        parts = urlsplit(joined)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return joined if whole and not re.search(r"[\s<>\"]", joined) else None


def is_tracking(parameter: str) -> bool:
    """Whether a parameter of an address only follows readers around."""
    return _TRACKING.fullmatch(parameter) is not None


def normalise(url: str) -> str:
    """A spelling by which two addresses of one page are equal: no scheme, no "www.", no default port, no fragment, no
    trailing slash, no tracking parameters, parameters sorted. For comparing only, never for asking."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    host = host_of(url)
    with contextlib.suppress(UnicodeError):  # a host that is no name stays as it is written
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    place = f"{host}:{port}" if port and port not in (80, 443) else host
    path = quote(unquote(parts.path), safe="/" + _SAFE).rstrip("/")
    kept = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not is_tracking(k))
    return place + path + (f"?{urlencode(kept)}" if kept else "")
