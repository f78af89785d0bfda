"""Where the service may call out to: which URLs may be stored, and which addresses may be dialled."""

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, NoReturn

import idna

from app.errors import Fault, Invalid

MAX_URL_LENGTH: Final = 2048
# URLs that were found good: every delivery asks again.
_REMEMBERED: Final = 10_000
MAX_HOST_LENGTH: Final = 253
PUBLIC_PORTS: Final = frozenset({443, 8443})

# What `is_global` calls public and we do not.
_REFUSED_IPV4: Final = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; a cloud's metadata service lives at .192
    IPv4Network("192.88.99.0/24"),  # relays from 6to4
    IPv4Network("168.63.129.16/32"),  # a cloud's host agent, behind an address of the public range
    IPv4Network("224.0.0.0/4"),  # multicast
)
# Of IPv6 only this range is handed out to the public. Outside it lie multicast, site-local, IPv4-compatible and
# -translated addresses, segment routing, and NAT64, whose last four bytes may name 169.254.169.254.
_PUBLIC_IPV6: Final = IPv6Network("2000::/3")
_REFUSED_IPV6: Final = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them: it wraps any IPv4 address
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4: wraps any IPv4 address
    IPv6Network("3fff::/20"),  # documentation
)

# Dots that the domain name rules read as full stops.
_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")
_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?:[/?].*)?")
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\[\]]*\]|[^\[\]:]*)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_ENDINGS: Final = ("localhost", "localdomain", "local", "internal", "home.arpa")


class UrlRefused(Invalid):
    """The service does not go there. Neither detail nor fault repeats the URL: it may carry a secret."""

    code, title = "url_refused", "Address refused"

    def at(self, pointer: str) -> "UrlRefused":
        """The same of another member of the request."""
        return UrlRefused(self.detail, faults=tuple(replace(fault, pointer=pointer) for fault in self.faults))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody on the internet could reach `address`; wrapped IPv4 counts as what it wraps, or not at all."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in _PUBLIC_IPV6 or any(address in network for network in _REFUSED_IPV6):
            return False
        return address.is_global
    return address.is_global and not any(address in network for network in _REFUSED_IPV4)


@lru_cache(_REMEMBERED)
def check_url(url: str, *, allow_private: bool) -> None:
    """Refuse a URL that we may not call. Its name is not resolved: that is the caller's, at every attempt."""
    if len(url) > MAX_URL_LENGTH:
        _refuse(f"is longer than {MAX_URL_LENGTH} characters")
    if any(unicodedata.category(character)[0] in "CZ" for character in url) or "\\" in url:
        _refuse("holds a space, a backslash or a character that does not show")
    if "#" in url:
        _refuse("has a fragment")
    parts = _URL.fullmatch(url)
    if parts is None:
        _refuse("is not an absolute web address")
    scheme = parts["scheme"].lower()
    if scheme != "https" and not (allow_private and scheme == "http"):
        _refuse("does not start with https://")
    if "@" in parts["authority"]:
        _refuse("carries a user name or password")
    authority = _AUTHORITY.fullmatch(parts["authority"])
    if authority is None:
        _refuse("has a malformed host or port")
    _check_port(authority["port"], allow_private=allow_private)
    _check_host(authority["host"], allow_private=allow_private)


def _check_port(port: str | None, *, allow_private: bool) -> None:
    number = 443 if port is None else int(port)
    if number > 65535:  # noqa: PLR2004 - the last port there is
        _refuse("has a malformed host or port")
    if number not in PUBLIC_PORTS and not allow_private:
        _refuse("has a port other than 443 and 8443")


def _check_host(host: str, *, allow_private: bool) -> None:
    if not host:
        _refuse("names no host")
    folded = _folded(host)
    if folded.startswith("[") or _NUMBER.fullmatch(folded.rstrip(".").rpartition(".")[2]):
        if not allow_private:
            _refuse("names an IP address instead of a host")
        _check_brackets(host)
        return
    name = _ascii(host)
    if len(name) > MAX_HOST_LENGTH or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        _refuse("names a malformed host")
    if allow_private:
        return
    if "." not in name or any(f".{name}".endswith(f".{ending}") for ending in _LOCAL_ENDINGS):
        _refuse("names a host of the local network")


def _check_brackets(host: str) -> None:
    if not host.startswith("["):
        return
    try:
        IPv6Address(host[1:-1])
    except ValueError:
        _refuse("names a malformed host")


def _folded(host: str) -> str:
    """`host` as a generous resolver might read it: circled, wide and foreign digits are digits."""
    folded = _DOTS.sub(".", unicodedata.normalize("NFKC", host)).lower()
    return "".join(str(unicodedata.decimal(character, character)) for character in folded)


def _ascii(host: str) -> str:
    """`host` as it goes over the wire; by the same rules as the sender's client, so that both mean one host."""
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host.lower()).decode("ascii")
    except idna.IDNAError:
        _refuse("names a malformed host")


def _refuse(why: str) -> NoReturn:
    raise UrlRefused(f"This address {why}.", faults=(Fault(why, code="url_refused", pointer="/url"),))
