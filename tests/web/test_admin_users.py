"""Accounts as they are looked after: found, accepted, given roles, closed; each only by whom it is allowed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from browsing import led_to, post
from kmwiki.domain.ids import new_id
from kmwiki.models import AuditEntry, LoginSession, Role, SecondFactor, User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import add_user, find_user
from kmwiki.services.accounts.user_care import WantedUsers, find_users
from kmwiki.site import Site
from pages import practice, published, send, start, term
from query_counter import counted_queries


def state_of(site: Site, username: str) -> tuple[str, str]:
    with site.work(SYSTEM) as uow:
        user = find_user(uow, username)
        return user.role, user.state


def sessions_of(site: Site, username: str) -> int:
    with site.work(SYSTEM) as uow:
        user = find_user(uow, username)
        return uow.session.scalar(select(func.count()).where(LoginSession.user_id == user.id)) or 0


@pytest.mark.database
def test_accounts_are_narrowed_by_name_role_state_organisation_and_silence(
    site: Site, people: dict[str, Actor]
) -> None:
    with site.work(SYSTEM) as uow:
        ada = add_user(uow, "ada", None, Role.CONTRIBUTOR, "Ada 100%", "ada@example.org", "Lakeside Water Network")
        ada.created_at = uow.now - timedelta(days=200)
        add_user(uow, "ben", None, Role.READER, "Ben", state=UserState.WAITING)
        today = uow.now.date()

    def found(actor: str = "admin", **wanted: object) -> list[str]:
        with site.work(people[actor]) as uow:
            return [user.username for user in find_users(uow, WantedUsers(**wanted))[1]]  # type: ignore[arg-type]

    assert found(words="ADA 100%") == ["ada"]
    assert found(words="ada@example") == ["ada"]
    assert found("moderator", words="ada@example") == []  # mail addresses are for administrators
    assert found(state="waiting") == ["ben"]
    assert found(role="moderator") == ["moderator", "moderator2"]
    assert found(organisation="lakeside") == ["ada"]
    assert found(silent_since=today - timedelta(days=90)) == ["ada"]
    assert len(found()) == 8


def test_the_list_takes_as_many_queries_for_two_pages_of_accounts_as_for_none(site: Site, signed_in) -> None:
    admin = signed_in("admin")

    def queries() -> int:
        admin.get("/admin/users")
        with counted_queries(site.engine) as statements:
            assert admin.get("/admin/users").status_code == 200
        return len(statements)

    before = queries()
    with site.work(SYSTEM) as uow:
        uow.session.add_all(
            User(id=new_id(), username=f"u{k}", name=f"U {k}", role=Role.READER, state="active", languages=[],
                 created_at=uow.now)
            for k in range(70)
        )  # fmt: skip

    assert queries() == before
    assert "Page 1 of 2" in admin.get("/admin/users").text


def test_a_filter_that_cannot_be_read_is_named_and_lists_nobody(signed_in) -> None:
    answer = signed_in("moderator").get("/admin/users?role=king&silent_since=once")

    assert answer.status_code == 422
    assert "Please choose one from the list." in answer.text and "This is not a day." in answer.text
    assert "/admin/users/contributor" not in answer.text


def test_moderators_see_no_mail_addresses_and_no_buttons_of_administrators(site: Site, signed_in) -> None:
    with site.work(SYSTEM) as uow:
        find_user(uow, "contributor").email = "con@example.org"
    of_moderator = signed_in("moderator").get("/admin/users/contributor").text
    of_admin = signed_in("admin").get("/admin/users/contributor").text

    assert "con@example.org" in of_admin and "con@example.org" not in of_moderator
    assert 'action="/admin/users/contributor/role"' in of_admin
    assert 'action="/admin/users/contributor/trust"' in of_moderator
    assert 'action="/admin/users/contributor/role"' not in of_moderator


@pytest.mark.parametrize("deed", ["role", "link", "sign-out", "reset-second-factor", "close", "open"])
def test_what_is_an_administrators_is_refused_to_moderators(site: Site, signed_in, deed: str) -> None:
    answer = post(signed_in("moderator"), f"/admin/users/contributor/{deed}", {"role": "admin"})

    assert answer.status_code == 403
    assert state_of(site, "contributor") == ("contributor", "active")


def test_the_page_of_an_account_leads_to_changes_that_the_asker_may_see(
    site: Site, people: dict[str, Actor], signed_in
) -> None:
    published(site, people, "good-practice", practice("Spare parts for pumps"))
    send(site, people["contributor"], start(site, people["contributor"], "good-practice", practice("Sent and waiting")))
    start(site, people["contributor"], "good-practice", practice("Secret draft"))

    page = signed_in("admin").get("/admin/users/contributor").text

    assert "Spare parts for pumps" in page and "Sent and waiting" in page
    assert "Secret draft" not in page


def test_a_waiting_account_is_accepted_or_declined_by_a_moderator(site: Site, signed_in) -> None:
    with site.work(SYSTEM) as uow:
        for name in ("newone", "other"):
            add_user(uow, name, None, Role.CONTRIBUTOR, state=UserState.WAITING)
    moderator = signed_in("moderator")

    assert led_to(post(moderator, "/admin/users/newone/approve")) == "/admin/users/newone"
    post(moderator, "/admin/users/other/decline")

    assert [state_of(site, name)[1] for name in ("newone", "other")] == ["active", "disabled"]
    again = post(moderator, "/admin/users/newone/approve")
    assert again.status_code == 409 and "not waiting" in again.text


def test_a_role_is_given_and_holds_at_once(site: Site, signed_in) -> None:
    contributor = signed_in("contributor")
    admin = signed_in("admin")

    led_to(post(admin, "/admin/users/contributor/role", {"role": "moderator"}))

    assert state_of(site, "contributor") == ("moderator", "active")
    assert sessions_of(site, "contributor") == 0
    assert contributor.get("/account/profile").status_code == 303


def test_a_role_that_does_not_exist_is_refused_at_its_field(site: Site, signed_in) -> None:
    answer = post(signed_in("admin"), "/admin/users/contributor/role", {"role": "king"})

    assert answer.status_code == 422 and "Please choose one from the list." in answer.text
    assert state_of(site, "contributor")[0] == "contributor"


def test_nobody_changes_their_own_role_or_closes_their_own_account(site: Site, signed_in) -> None:
    admin = signed_in("admin")

    assert post(admin, "/admin/users/admin/role", {"role": "reader"}).status_code == 403
    assert post(admin, "/admin/users/admin/close").status_code == 403
    assert state_of(site, "admin") == ("admin", "active")
    assert "/admin/users/admin/role" not in admin.get("/admin/users/admin").text


def test_a_closed_account_is_signed_out_and_can_be_opened_again(site: Site, signed_in) -> None:
    contributor, admin = signed_in("contributor"), signed_in("admin")

    post(admin, "/admin/users/contributor/close")
    assert contributor.get("/account/profile").status_code == 303
    assert state_of(site, "contributor")[1] == "disabled"

    post(admin, "/admin/users/contributor/open")
    assert state_of(site, "contributor")[1] == "active"


def test_a_link_to_sign_in_once_is_shown_once_and_stands_in_no_log(site: Site, signed_in) -> None:
    admin = signed_in("admin")

    answer = post(admin, "/admin/users/contributor/link")
    token = answer.text.split("/account/link/")[1].split("<")[0]

    assert answer.status_code == 201 and len(token) > 30
    assert answer.headers["Cache-Control"] == "no-store"
    assert token not in admin.get("/admin/users/contributor").text
    with site.work(SYSTEM) as uow:
        assert not any(token in str(entry.details) for entry in uow.session.scalars(select(AuditEntry)))


def test_signing_out_everywhere_ends_every_session(site: Site, signed_in) -> None:
    for _device in range(2):
        signed_in("contributor")

    post(signed_in("admin"), "/admin/users/contributor/sign-out")

    assert sessions_of(site, "contributor") == 0


def test_a_lost_second_factor_is_taken_away_by_an_administrator_alone(site: Site, signed_in) -> None:
    with site.work(SYSTEM) as uow:
        user = find_user(uow, "contributor")
        uow.session.add(SecondFactor(user_id=user.id, secret="A" * 32, created_at=uow.now, confirmed_at=uow.now))
    signed_in("contributor")
    address = "/admin/users/contributor/reset-second-factor"
    assert address not in signed_in("moderator").get("/admin/users/contributor").text
    assert post(signed_in("moderator"), address).status_code == 403

    assert address in signed_in("admin").get("/admin/users/contributor").text
    led_to(post(signed_in("admin"), address))

    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(func.count()).select_from(SecondFactor)) == 0
    assert sessions_of(site, "contributor") == 0


def test_trust_is_given_and_taken_by_moderators(site: Site, signed_in) -> None:
    moderator = signed_in("moderator")

    post(moderator, "/admin/users/contributor/trust")
    with site.work(SYSTEM) as uow:
        assert find_user(uow, "contributor").is_trusted
    post(moderator, "/admin/users/contributor/untrust")
    with site.work(SYSTEM) as uow:
        assert not find_user(uow, "contributor").is_trusted


def test_unknown_accounts_and_unknown_deeds_are_not_there(signed_in) -> None:
    moderator = signed_in("moderator")

    assert moderator.get("/admin/users/nobody").status_code == 404
    assert post(moderator, "/admin/users/contributor/promote").status_code == 404


def test_a_moderator_closes_the_account_of_who_floods_the_site_at_its_change(
    site: Site, waiting: Actor, people: dict[str, Actor], signed_in
) -> None:
    change = send(site, waiting, start(site, waiting, "good-practice", practice("Buy here")))
    known = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    moderator = signed_in("moderator")
    address = "/admin/users/newcomer/stop"

    assert f'action="{address}"' in moderator.get(f"/changes/{change.id}").text
    assert f'action="{address}"' in moderator.get("/admin/users/newcomer").text
    assert "/stop" not in moderator.get(f"/changes/{known.id}").text
    assert post(moderator, address, {"reason": ""}).status_code == 422
    assert led_to(post(moderator, address, {"reason": "It sells."})) == "/admin/users/newcomer"

    assert state_of(site, "newcomer")[1] == "disabled"
    assert post(moderator, "/admin/users/admin/stop", {"reason": "It sells."}).status_code == 403
