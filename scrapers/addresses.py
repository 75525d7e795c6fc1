"""Which addresses may be asked at all: http and https, to hosts whose every network address is public.

Names are resolved here, each address is checked, and the connection is made to the address that was checked, so a name
that answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import httpx

from scrapers.outcomes import AddressRefused, NameNotFound

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_URL: Final = 8192
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
LOOKUP_SECONDS: Final = 5.0

NEVER: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # "this network": reaches the machine itself on many systems
        "169.254.0.0/16",  # link-local, and where clouds keep their metadata
        "168.63.129.16/32",  # the metadata service of one large cloud, in a public range
        "100.100.100.200/32",  # and of another
        "192.0.0.192/32",  # and of a third
        "224.0.0.0/4",
        "240.0.0.0/4",
        "fd00:ec2::/32",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "::/128",
    )
)
"""Refused even where private addresses are allowed for a test."""

NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "2001::/23", "2001:db8::/32", "100::/64",
        "5f00::/16", "64:ff9b:1::/48", "3fff::/20",
    )
)  # fmt: skip
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
SIX_TO_FOUR: Final = ipaddress.IPv6Network("2002::/16")
COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


@dataclass(frozen=True)
class Address:
    """A checked web address, ready to be asked."""

    url: httpx.URL

    @property
    def text(self) -> str:
        return str(self.url)

    @property
    def host(self) -> str:
        """The host as it is resolved: lower case, IDNA-encoded, without brackets or a trailing full stop."""
        return self.url.raw_host.decode("ascii").lower().rstrip(".")

    @property
    def port(self) -> int:
        return self.url.port or (443 if self.url.scheme == "https" else 80)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt holds for."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.url.scheme}://{host}:{self.port}"


def read_address(text: str) -> Address:
    """Check the form of an address; its fragment is dropped. Raises AddressRefused."""
    text = text.strip()
    if not text or len(text) > MAX_URL:
        raise AddressRefused("The address is empty." if not text else "The address is too long to be asked.")
    if _CONTROL.search(text):
        raise AddressRefused("The address holds control characters.")
    try:
        url = httpx.URL(text)
        if url.fragment:
            url = url.copy_with(fragment=None)
        if url.scheme not in ("http", "https"):
            raise AddressRefused(
                f"Only http and https addresses are asked, not {url.scheme or 'an address without scheme'}."
            )
        host = url.raw_host.decode("ascii")
        _ = url.host  # httpx reads an "xn--" name only when it sends, and raises then
        port = url.port
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise AddressRefused("The address cannot be read as a web address.") from error
    if not host.strip("."):
        raise AddressRefused("The address names no host.")
    if url.userinfo:
        raise AddressRefused("Addresses that carry a name and password are not asked.")
    if "%" in host:
        raise AddressRefused("The host names a network interface of this machine.")
    if port is not None and not 0 < port < 65536:
        raise AddressRefused("The port is not one that exists.")
    return Address(url)


def follow(base: Address, location: str) -> Address:
    """Where a redirect leads. Raises AddressRefused."""
    text = location.strip()
    if _SCHEME.match(text):
        return read_address(text)
    try:
        joined = urljoin(base.text, text)
    except ValueError as error:
        raise AddressRefused("The redirect leads to an address that cannot be read.") from error
    return read_address(joined)


def literal(host: str) -> IpAddress | None:
    """The address that a host is when it is a number: dotted, IPv6, or the decimal, octal and hexadecimal spellings
    that the system's own resolver takes for IPv4."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    labels = host.split(".")
    if len(labels) <= 4 and all(label and (label.isdigit() or label.lower().startswith("0x")) for label in labels):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            raise AddressRefused("The host is a number that is no address.") from None
    return None


def inner_v4(address: IpAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one carries (mapped, compatible, NAT64, 6to4)."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in SIX_TO_FOUR:
        return address.sixtofour
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def check_ip(address: IpAddress, *, allow_private: bool = False) -> None:
    """Raises AddressRefused for an address that is not public. `allow_private` lets loopback and private networks pass,
    for tests; link-local, metadata and multicast addresses never pass."""
    carried = inner_v4(address)
    if carried is not None:
        check_ip(carried, allow_private=allow_private)
        return
    if any(address in network for network in NEVER) or address.is_multicast or address.is_unspecified:
        raise AddressRefused("The host leads to an address that is never asked (link-local, metadata or multicast).")
    if allow_private and (address.is_loopback or (address.is_private and not address.is_reserved)):
        return
    if not address.is_global or address.is_reserved or any(address in network for network in NOT_PUBLIC):
        raise AddressRefused("The host leads to a private address, not to the public internet.")


class Resolver:
    """Looks names up, each within a time, and remembers those that failed: they are not asked again."""

    def __init__(self, *, allow_private: bool = False, seconds: float = LOOKUP_SECONDS) -> None:
        self.allow_private = allow_private
        self.seconds = seconds
        self._failed: dict[str, str] = {}
        self._lock = threading.Lock()

    def failed(self, host: str) -> str | None:
        """Why the name did not resolve earlier in this run, or None."""
        with self._lock:
            return self._failed.get(host)

    def resolve(self, host: str, port: int, seconds: float | None = None) -> list[str]:
        """The checked addresses of a host, in the resolver's order. Raises AddressRefused, NameNotFound."""
        number = literal(host)
        if number is not None:
            check_ip(number, allow_private=self.allow_private)
            return [str(number)]
        earlier = self.failed(host)
        if earlier:
            raise NameNotFound(earlier)
        answer = self._look_up(host, port, min(self.seconds, seconds) if seconds is not None else self.seconds)
        if isinstance(answer, str):
            with self._lock:
                self._failed[host] = answer
            raise NameNotFound(answer)
        for text in answer:
            if "%" in text:
                raise AddressRefused("The host leads to an address that is never asked (link-local).")
            check_ip(ipaddress.ip_address(text), allow_private=self.allow_private)
        return answer

    def _look_up(self, host: str, port: int, seconds: float) -> list[str] | str:
        """The system's resolver knows no time limit, so it works in a thread of its own that may be left behind."""
        box: queue.SimpleQueue[list[str] | str] = queue.SimpleQueue()

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                box.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)) or "The host's name has no address.")
            except (OSError, UnicodeError):
                box.put(f"The name {host} was not found.")

        threading.Thread(target=ask, name=f"lookup {host}", daemon=True).start()
        try:
            return box.get(timeout=max(0.05, seconds))
        except queue.Empty:
            return f"The name {host} could not be looked up in time."
