"""Where a webhook may go. Every refusal here was a way in somewhere, once."""

# Look-alike characters are what this file is about.
# ruff: noqa: RUF001

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from itertools import product

import httpx
import idna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.outgoing.addresses import _NUMBER, PUBLIC_PORTS, UrlRefused, check_url, is_public


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "1.1.1.1",
        "93.184.216.34",
        "223.255.255.254",
        "2606:4700:4700::1111",
        "2a00:1450:4001:81b::200e",
        "2400:cb00::1",
        "::ffff:8.8.8.8",
    ],
)
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        str(IPv4Address(0)),
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",  # a cloud's metadata service
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",  # a cloud's host agent
        "169.254.169.254",  # most clouds' metadata service
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",  # a cloud's metadata service
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",  # IPv4-compatible 127.0.0.1
        "::808:808",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:224.0.0.1",
        "::ffff:0:7f00:1",  # IPv4-translated
        "64:ff9b::a9fe:a9fe",  # NAT64 of 169.254.169.254
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",  # Teredo
        "2001:0:a9fe:a9fe::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2002:808:808::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",  # a cloud's metadata service
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_every_other_address_is_not(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_maps(address: IPv4Address) -> None:
    assert is_public(IPv6Address(f"::ffff:{address}")) == is_public(address)


@given(st.ip_addresses(v=4), st.sampled_from(["64:ff9b::/96", "::/96", "2002::/16", "2001::/32"]))
def test_an_address_that_wraps_another_is_never_public(address: IPv4Address, wrapper: str) -> None:
    network = IPv6Network(wrapper)
    shift = 128 - network.prefixlen - 32
    inside = int(address) ^ (0xFFFFFFFF if wrapper == "2001::/32" else 0)

    assert not is_public(IPv6Address(int(network.network_address) | inside << max(shift, 0)))


@given(st.ip_addresses())
def test_nothing_public_is_local_in_the_eyes_of_the_standard_library(address: IPv4Address | IPv6Address) -> None:
    assume(is_public(address))

    assert not any((address.is_private, address.is_loopback, address.is_link_local, address.is_multicast))


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/",
        "HTTPS://Hooks.Example.COM/in?token=a%20b",
        "https://hooks.example.com:443/in",
        "https://hooks.example.com:8443/in",
        "https://hooks.example.com?x=1",
        "https://a_b.example.com/",
        "https://bücher.example/haken",
        "https://xn--bcher-kva.example/",
        "https://1.2.3.4.example.com/",
        "https://127.0.0.1.nip.io/",
        "https://hooks.example.com/ünder@wegs:80",
        "https://hooks.example.com/" + "a" * 2022,
    ],
)
def test_ordinary_urls_are_accepted(url: str) -> None:
    check_url(url, allow_private=False)
    check_url(url, allow_private=True)


ALWAYS_REFUSED = [
    "",
    "hooks.example.com",
    "//hooks.example.com/",
    "https:hooks.example.com",
    "https:/hooks.example.com",
    "https://",
    "https:///in",
    "https://?x",
    "https://:443/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "javascript://hooks.example.com/%0aalert(1)",
    "https://user@hooks.example.com/",
    "https://user:pass@hooks.example.com/",
    "https://@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com#fragment",
    "https://hooks.example.com/#",
    "https://hooks.example.com\\@127.0.0.1/",
    "https:\\\\hooks.example.com/",
    "https://hooks.example.com/a\\b",
    "https://hooks.example.com/\x00",
    "https://hooks\x00.example.com/",
    "https://hooks.example.com/\r\nhost: other",
    "https://hooks.example.com/a b",
    " https://hooks.example.com/",
    "https://hooks.example.com/\n",
    "https://hooks.example.com/\x7f",
    "https://hooks.example.com/\x85",
    "https://hooks.example.com/\u00a0",
    "https://hooks.example.com/\u202e",
    "https://hooks.\u200bexample.com/",
    "https://hooks\u00ad.example.com/",
    "https://hooks.example.com/\ud800",
    "https://hooks.example.com:/",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:0443/",
    "https://hooks.example.com:99999/",
    "https://hooks.example.com:+443/",
    "https://hooks.example.com:４４３/",
    "https://hooks.example.com:443:443/",
    "https://hooks.example.com:443@evil.example/",
    "https://hooks..example.com/",
    "https://.example.com/",
    "https://hooks.example.com./",
    "https://-hooks.example.com/",
    "https://hooks-.example.com/",
    "https://%31%32%37.0.0.a/",
    "https://hooks%2eexample.com/",
    "https://hooks,example.com/",
    "https://[::1/",
    "https://::1/",
    "https://[::1]x/",
    "https://[v1.fe80::a]/",
    "https://" + "a" * 64 + ".example.com/",
    "https://" + "a." * 127 + "com/",
    "https://☃.example/",
    "https://➀.➁/",
    "https://hooks℀.example.com/",
    "https://hooks.example.com/" + "a" * 2023,
]
REFUSED_UNLESS_PRIVATE = [
    "http://hooks.example.com/",
    "https://hooks.example.com:80/",
    "https://hooks.example.com:22/",
    "https://hooks.example.com:65535/",
    "https://127.0.0.1/",
    "https://8.8.8.8/",
    "https://[::1]/",
    "https://[::1]:8443/",
    "https://[2606:4700:4700::1111]/",
    "https://[::ffff:127.0.0.1]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0X7F.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://127.0.0.1./",
    "https://hooks.example.1/",
    "https://hooks.example.0x/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://127．0．0．1/",
    "https://127｡0｡0｡1/",
    "https://١٢٧.٠.٠.١/",
    "https://𝟏𝟐𝟕.0.0.1/",
    "https://²¹³⁰⁷⁰⁶⁴³³/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://app.localhost/",
    "https://localhost.localdomain/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://nas.home.arpa/",
    "https://intranet/",
]


@pytest.mark.parametrize(("url", "allow_private"), list(product(ALWAYS_REFUSED, [False, True])))
def test_a_url_refused_everywhere(url: str, allow_private: bool) -> None:
    with pytest.raises(UrlRefused):
        check_url(url, allow_private=allow_private)


@pytest.mark.parametrize("url", REFUSED_UNLESS_PRIVATE)
def test_a_url_for_developers_only(url: str) -> None:
    check_url(url, allow_private=True)
    with pytest.raises(UrlRefused):
        check_url(url, allow_private=False)


def test_circled_letters_are_judged_by_what_they_stand_for() -> None:
    with pytest.raises(UrlRefused):
        check_url("https://ⓛocalhost/", allow_private=False)


@pytest.mark.parametrize("url", ALWAYS_REFUSED[1:])
def test_a_refusal_points_at_the_member_and_keeps_the_url_to_itself(url: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        check_url(url, allow_private=False)

    refusal = caught.value
    assert (refusal.kind, refusal.status, refusal.code) == ("invalid", 422, "url_refused")
    (fault,) = refusal.faults
    assert (fault.pointer, fault.code, fault.parameter) == ("/url", "url_refused", None)
    assert url not in refusal.detail
    assert url not in fault.detail


@given(st.text(max_size=40), st.booleans())
def test_any_text_at_all_is_accepted_or_refused_and_nothing_else(text: str, allow_private: bool) -> None:
    for url in (text, f"https://{text}", f"https://hooks.example.com/{text}"):
        with suppress(UrlRefused):
            check_url(url, allow_private=allow_private)


labels = st.sampled_from(["hooks", "example", "com", "a_b", "xn--bcher-kva", "é", "7", "0x7f", "①", "-", ""])
endings = st.sampled_from(["", ":443", ":8443", ":80", "/in", "?a=b", "/a@b:80", "@evil.example", "/é?x=[1]", "。com"])


@given(st.lists(labels, min_size=1, max_size=4).map(".".join), endings)
def test_what_is_accepted_means_the_same_to_the_client_that_sends_it(host: str, ending: str) -> None:
    url = f"https://{host}{ending}"
    with suppress(UrlRefused):
        check_url(url, allow_private=False)

        parsed = httpx.URL(url)

        assert (parsed.scheme, parsed.userinfo, parsed.fragment) == ("https", b"", "")
        assert (parsed.port or 443) in PUBLIC_PORTS
        authority = url.removeprefix("https://").split("/")[0].split("?")[0].split(":")[0]
        assert parsed.raw_host == (authority.encode() if authority.isascii() else idna.encode(authority))
        assert not _NUMBER.fullmatch(parsed.raw_host.decode().rpartition(".")[2])
