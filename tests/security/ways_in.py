"""Every way inside that we know of: what is refused when it is named, and what only a name server can tell apart.

Both end with a problem: the first at creation, the others as `blocked_address` when they are dialled.
"""

# Look-alike characters are what this file is about.
# ruff: noqa: RUF001

# The port of the socket inside stands for PORT, and is open for all: nothing is to be saved by its port.
REFUSED = {
    # schemes
    "plain http": "http://hooks.example.com:PORT/",
    "ftp": "ftp://hooks.example.com/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:PORT/",
    "a script": "javascript://hooks.example.com/%0aalert(1)",
    "a web socket": "wss://hooks.example.com/",
    "no scheme": "hooks.example.com/in",
    "a relative address": "//127.0.0.1:PORT/",
    "one slash": "https:/127.0.0.1:PORT/",
    "no host": "https:///in",
    # ports
    "ssh": "https://hooks.example.com:22/",
    "smtp": "https://hooks.example.com:25/",
    "redis": "https://hooks.example.com:6379/",
    "port nought": "https://hooks.example.com:0/",
    "no port that there is": "https://hooks.example.com:99999/",
    "two ports": "https://hooks.example.com:443:PORT/",
    # user-info
    "a user": "https://user@hooks.example.com/",
    "a user and a password": "https://user:pass@hooks.example.com/",
    "a host as the user": "https://hooks.example.com@127.0.0.1:PORT/",
    "an empty user": "https://@127.0.0.1:PORT/",
    # characters
    "a fragment": "https://hooks.example.com/#@127.0.0.1:PORT/",
    "a backslash": "https://hooks.example.com\\@127.0.0.1:PORT/",
    "another header": "https://hooks.example.com/\r\nHost: 127.0.0.1",
    "a space": "https://hooks.example.com/ HTTP/1.1",
    "a direction change": "https://hooks.example.com/\u202e",
    "a soft hyphen": "https://local\u00adhost:PORT/",
    # literals
    "loopback": "https://127.0.0.1:PORT/",
    "a public literal": "https://8.8.8.8/",
    "a private literal": "https://10.0.0.1/",
    "the metadata service": "https://169.254.169.254/latest/meta-data/",
    "IPv6 loopback": "https://[::1]:PORT/",
    "IPv6 nowhere": "https://[::]:PORT/",
    "mapped loopback": "https://[::ffff:127.0.0.1]:PORT/",
    "NAT64 of the metadata service": "https://[64:ff9b::a9fe:a9fe]/",
    "6to4 of loopback": "https://[2002:7f00:1::]/",
    "multicast": "https://[ff02::1]/",
    "link-local with a zone": "https://[fe80::1%25eth0]/",
    # numbers that resolvers take for addresses
    "decimal": "https://2130706433:PORT/",
    "hexadecimal": "https://0x7f000001:PORT/",
    "octal": "https://017700000001:PORT/",
    "octal parts": "https://0177.0.0.1:PORT/",
    "mixed parts": "https://0x7f.1:PORT/",
    "few parts": "https://127.1:PORT/",
    "nought": "https://0:PORT/",
    "a last dot": "https://127.0.0.1.:PORT/",
    "percent-encoded": "https://%31%32%37.0.0.1:PORT/",
    # digits of other scripts
    "circled": "https://①②⑦.⓪.⓪.①:PORT/",
    "full width": "https://１２７.0.0.1:PORT/",
    "ideographic stops": "https://127。0。0。1:PORT/",
    "Arabic": "https://١٢٧.٠.٠.١:PORT/",
    "mathematical": "https://𝟏𝟐𝟕.0.0.1:PORT/",
    "raised": "https://²¹³⁰⁷⁰⁶⁴³³:PORT/",
    # names of the local network
    "localhost": "https://localhost:PORT/",
    "below localhost": "https://app.LOCALHOST:PORT/",
    "a circled localhost": "https://ⓛocalhost:PORT/",
    "multicast DNS": "https://printer.local/",
    "a cloud's inside": "https://metadata.google.internal/",
    "a home": "https://nas.home.arpa/",
    "one word": "https://intranet/",
}
NAME = "https://hooks.example.com:PORT/"
BLOCKED: dict[str, tuple[str, list[str]]] = {
    "loopback": (NAME, ["127.0.0.1"]),
    "all of loopback": (NAME, ["127.255.255.254"]),
    "this host": (NAME, ["0.0.0.0"]),  # noqa: S104 - an answer, to nobody's bind
    "private, class A": (NAME, ["10.0.0.1"]),
    "private, class B": (NAME, ["172.16.0.1"]),
    "private, class C": (NAME, ["192.168.0.1"]),
    "carrier-grade NAT": (NAME, ["100.64.0.1"]),
    "link-local": (NAME, ["169.254.169.254"]),
    "a cloud's host agent": (NAME, ["168.63.129.16"]),
    "protocol assignments": (NAME, ["192.0.0.192"]),
    "relays from 6to4": (NAME, ["192.88.99.1"]),
    "benchmarks": (NAME, ["198.18.0.1"]),
    "multicast": (NAME, ["224.0.0.1"]),
    "reserved": (NAME, ["240.0.0.1"]),
    "broadcast": (NAME, ["255.255.255.255"]),
    "IPv6 loopback": (NAME, ["::1"]),
    "mapped": (NAME, ["::ffff:127.0.0.1"]),
    "compatible": (NAME, ["::7f00:1"]),
    "translated": (NAME, ["::ffff:0:7f00:1"]),
    "NAT64": (NAME, ["64:ff9b::7f00:1"]),
    "local NAT64": (NAME, ["64:ff9b:1::7f00:1"]),
    "6to4": (NAME, ["2002:7f00:1::"]),
    "Teredo": (NAME, ["2001:0:80ff:fffe::1"]),
    "segment routing": (NAME, ["5f00::1"]),
    "unique local": (NAME, ["fd00:ec2::254"]),
    "IPv6 link-local": (NAME, ["fe80::1"]),
    "site-local": (NAME, ["fec0::1"]),
    "IPv6 multicast": (NAME, ["ff02::1"]),
    "documentation": (NAME, ["2001:db8::1"]),
    "one bad answer among good ones": (NAME, ["8.8.8.8", "127.0.0.1"]),
    "a bad answer beyond those that we would dial": (NAME, ["8.8.8.8"] * 10 + ["127.0.0.1"]),
    "a name that spells its address": ("https://127.0.0.1.nip.io:PORT/", ["127.0.0.1"]),
    "a name in another script": ("https://bücher.example:PORT/", ["127.0.0.1"]),
    "a name in punycode": ("https://xn--bcher-kva.example:PORT/", ["127.0.0.1"]),
}
