"""Which addresses are asked at all, in every spelling."""

from __future__ import annotations

import ipaddress
import socket

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrapers.addresses import Resolver, check_ip, follow, read_address
from scrapers.outcomes import AddressRefused, NameNotFound

PRIVATE = [
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "192.0.0.1",
    "192.0.2.1", "::1", "fd12::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:c0a8:101::1", "::7f00:1", "2001:db8::1", "2001::1", "100::1",
]  # fmt: skip
NEVER = [
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "168.63.129.16", "100.100.100.200", "192.0.0.192",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "fe80::1", "fec0::1", "ff02::1", "fd00:ec2::254", "::",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"]


@pytest.mark.parametrize("text", PRIVATE + NEVER)
def test_what_is_not_public_is_refused(text: str) -> None:
    with pytest.raises(AddressRefused):
        check_ip(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", NEVER)
def test_some_are_refused_even_in_tests(text: str) -> None:
    with pytest.raises(AddressRefused):
        check_ip(ipaddress.ip_address(text), allow_private=True)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_pass(text: str) -> None:
    check_ip(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_test_may_ask_its_own_machine(text: str) -> None:
    check_ip(ipaddress.ip_address(text), allow_private=True)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "[::1]", "[::ffff:7f00:1]",
     "[0:0:0:0:0:ffff:127.0.0.1]", "127.0.0.1.", "0xA9FEA9FE", "2852039166", "0251.0376.0251.0376"],
)  # fmt: skip
def test_numbers_are_seen_through(host: str) -> None:
    with pytest.raises(AddressRefused):
        Resolver().resolve(read_address(f"http://{host}/").host, 80)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "example.org", "ftp://example.org/", "file:///etc/hosts", "javascript:alert(1)", "http://", "http:///a",
     "http://user:word@example.org/", "http://user@example.org/", "http://exa mple.org/", "http://[::1/", "http://[fe80::1%25lo]/",
     "http://example.org:99999/", "http://example.org:x/", "https://a\nb.example/", "http://" + "a" * 9000, "http://.../"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressRefused):
        read_address(text)


def test_addresses_are_read_as_they_are_asked() -> None:
    address = read_address(" HTTPS://Exämple.ORG:443/ä b?q=ü#part ")
    assert address.text == "https://xn--exmple-cua.org/%C3%A4%20b?q=%C3%BC"
    assert (address.host, address.port, address.origin) == ("xn--exmple-cua.org", 443, "https://xn--exmple-cua.org:443")


@pytest.mark.parametrize(
    ("location", "leads"),
    [("/x", "http://a.example/x"), ("x", "http://a.example/b/x"), ("?q", "http://a.example/b/c?q"),
     ("//c.example/", "http://c.example/"), ("https://d.example", "https://d.example"), ("../é", "http://a.example/%C3%A9")],
)  # fmt: skip
def test_redirects_lead_where_they_say(location: str, leads: str) -> None:
    assert follow(read_address("http://a.example/b/c"), location).text.rstrip("/") == leads.rstrip("/")


def test_a_host_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 0, "", (ip, 80)) for ip in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(AddressRefused):
        Resolver().resolve("mixed.example", 80)


def test_a_failed_name_stays_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    resolver = Resolver()
    with pytest.raises(NameNotFound):
        resolver.resolve("gone.example", 80)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("1.1.1.1", 80))])
    with pytest.raises(NameNotFound):
        resolver.resolve("gone.example", 80)


@settings(max_examples=300, deadline=None)
@example("http://xn--/")
@example("//XN--0/a")
@given(
    st.one_of(
        st.text(max_size=30),
        st.from_regex(
            r"(https?:)?//(\[[0-9a-fx:.%]{0,20}\]|[a-z0-9.\-%]{0,20}|xn--[a-z0-9\-]{0,9}\.[a-z]+)(:\d{0,7})?(/[^\s]{0,9})?"
        ),
    )
)
def test_any_text_is_an_address_that_can_be_asked_or_refused(text: str) -> None:
    """Registers and redirects hold anything: none of it may end a run."""
    base = read_address("http://example.org/a/b?c")
    for read in (read_address, lambda location: follow(base, location)):
        try:
            address = read(text)
        except AddressRefused:
            continue
        read_address(f"{address.origin}/robots.txt")
        httpx.Request("GET", address.url)
