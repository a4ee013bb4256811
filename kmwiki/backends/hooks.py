"""Posting a message to an address that somebody else named, without being led into our own network.

The name is looked up once, every address that it has is looked at, and one of just those is connected to: a second
look-up could answer something else. Redirects are not followed, and of the answer only the status is read.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TIMEOUT_SECONDS = 5
_PORTS = {"http": 80, "https": 443}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class HookRefused(Exception):
    """An address that is not posted to; the text says why."""


@dataclass(frozen=True)
class Target:
    """Where a message goes: the parts of the address, and the number that its name stands for."""

    parts: SplitResult
    host: str
    port: int
    number: str


def find_target(url: str, allowed: Sequence[Network] = ()) -> Target:
    """Look an address up. `allowed`: networks of our own that may be posted to. Raises HookRefused."""
    parts = _parts(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HookRefused(f"the name {host[:100]} is not known") from error
    numbers = list(dict.fromkeys(str(answer[4][0]) for answer in found))
    for number in numbers:
        if not _is_allowed(number, allowed):
            raise HookRefused("the address leads into a network that is not public")
    return Target(parts, host, port, numbers[0])


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise HookRefused("this is no address") from error
    if parts.scheme not in _PORTS or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        raise HookRefused("an address begins with https:// and holds no spaces")
    if parts.username is not None or parts.password is not None or port == 0:
        raise HookRefused("an address holds no name and password")
    return parts


def _is_allowed(number: str, allowed: Sequence[Network]) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address  # what it leads to counts
    if address.is_multicast:
        return False
    return address.is_global or any(address in network for network in allowed if network.version == address.version)


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """Post and give the status of the answer. Raises OSError, http.client.HTTPException."""
    connection = _connection(target)
    try:
        path = target.parts.path or "/"
        connection.request("POST", f"{path}?{target.parts.query}" if target.parts.query else path, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to a number that was looked at; the name is only said to the other side."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_SECONDS)
        self._number = target.number

    def connect(self) -> None:
        self.sock = socket.create_connection((self._number, self.port), self.timeout)


class _PinnedWithTls(_Pinned):
    default_port = _PORTS["https"]

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _connection(target: Target) -> http.client.HTTPConnection:
    return _PinnedWithTls(target) if target.parts.scheme == "https" else _Pinned(target)
