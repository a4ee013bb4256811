"""Passwords: argon2id, one hash at a time, the same work for names that exist and names that do not."""

import threading
import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from kmwiki.errors import Refused, Unauthenticated
from kmwiki.models import UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, passwords, sign_in
from kmwiki.services.accounts.passwords import hash_password, refuse_weak
from kmwiki.site import Site

PASSWORD = "a long enough secret"


class CountingHasher:
    """The real hasher, with a word of what it was asked, and of how many ask at the same moment."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher, self.verified = hasher, []
        self.now = self.most = 0

    def verify(self, password_hash: str, password: str) -> bool:
        self.verified.append(password_hash)
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(0.002)  # long enough for another thread to come in, if it could
        try:
            return bool(self.hasher.verify(password_hash, password))
        finally:
            self.now -= 1


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingHasher]:
    counting = CountingHasher(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", counting)
    yield counting


def test_the_parameters_are_those_that_are_advised_for_small_servers() -> None:
    found = extract_parameters(hash_password(PASSWORD))

    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 19 * 1024, 2, 1)
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_every_name_costs_one_verification_with_the_same_parameters(site: Site, hasher: CountingHasher) -> None:
    with site.work(SYSTEM) as uow:
        password_hash = hasher.hasher.hash(PASSWORD)
        accounts.find_user(uow, "contributor").password_hash = password_hash
        accounts.find_user(uow, "moderator").password_hash = password_hash
        accounts.find_user(uow, "moderator").state = UserState.DISABLED
    for username in ("contributor", "moderator", "admin", "nobody", ""):  # wrong, closed, without password, unknown
        with pytest.raises(Unauthenticated, match="Name or password is not right"), site.work(Actor()) as uow:
            sign_in.sign_in(uow, username, "wrong password")

    assert len(hasher.verified) == 5
    assert len({str(extract_parameters(password_hash)) for password_hash in hasher.verified}) == 1


def test_one_hash_at_a_time_however_many_ask(hasher: CountingHasher) -> None:
    threads = [threading.Thread(target=passwords.is_right, args=(PASSWORD, None)) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(hasher.verified), hasher.most) == (6, 1)


@pytest.mark.parametrize(
    "password", ["x" * 9, "x" * 201, "1234567890", "PASSWORD123", "amina.banda", "Amina@Example.org"]
)
def test_too_short_too_long_common_or_the_own_name(password: str) -> None:
    with pytest.raises(Refused):
        refuse_weak(password, "amina.banda", "amina@example.org")


@pytest.mark.parametrize("password", ["x" * 10, "x" * 200, "ten spaces", "eau potable à 5 km", "aaaaaaaaaab"])
def test_there_are_no_rules_of_composition(password: str) -> None:
    refuse_weak(password, "amina.banda", "")
