"""Addresses that somebody else named: which of them are posted to."""

import socket
from ipaddress import ip_network

import pytest

from kmwiki.backends.hooks import HookRefused, find_target

PUBLIC = "93.184.215.14"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names stand for here, instead of asking the network."""
    known = {"hooks.example.org": [PUBLIC]}

    def look_up(host: str, port: int, **_more: object) -> list[tuple[object, ...]]:
        numbers = known.get(host) or [host.strip("[]")]
        if not all(number[0].isdigit() or ":" in number for number in numbers):
            raise socket.gaierror("not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_a_public_address_is_connected_to_by_the_number_that_was_looked_at(names: dict[str, list[str]]) -> None:
    target = find_target("https://hooks.example.org/in?key=1")

    assert (target.number, target.port, target.host) == (PUBLIC, 443, "hooks.example.org")


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1",
     "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.8", "2002:7f00:1::"],
)  # fmt: skip
def test_a_name_that_leads_into_our_own_network_is_refused(names: dict[str, list[str]], number: str) -> None:
    names["hooks.example.org"] = [PUBLIC, number]

    with pytest.raises(HookRefused, match="not public"):
        find_target("https://hooks.example.org/")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://hooks.example.org/", "//hooks.example.org/", "https://", "https://user:word@hooks.example.org/",
     "https://hooks.example.org:0/", "https://hooks.example.org:99999/", "https://hooks.example.org/ x", "https://nowhere.example/",
     "https://hooks.example.org/\r\nHost: x", "", "http://[::1"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(names: dict[str, list[str]], url: str) -> None:
    with pytest.raises(HookRefused):
        find_target(url)


def test_a_network_of_ones_own_can_be_allowed(names: dict[str, list[str]]) -> None:
    allowed = (ip_network("10.1.0.0/16"),)

    assert find_target("http://10.1.2.3/", allowed).number == "10.1.2.3"
    with pytest.raises(HookRefused):
        find_target("http://10.2.2.3/", allowed)
