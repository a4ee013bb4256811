"""Settings chosen in the browser: checked whole, noted, and in force at once; the environment wins."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from browsing import led_to, post
from kmwiki.app import create_app
from kmwiki.config import Config, with_settings
from kmwiki.models import AuditEntry, Setting
from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts.accounts import find_user
from kmwiki.services.accounts.sign_in import start_session
from kmwiki.site import Site, open_site
from photos import SECRETS, opened, photo


def chosen(site: Site) -> dict[str, object]:
    with site.work(SYSTEM) as uow:
        return {row.name: row.value for row in uow.session.scalars(select(Setting)) if row.name != "site_id"}


def noted(site: Site) -> list[dict[str, str]]:
    with site.work(SYSTEM) as uow:
        entries = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "site.setting"))
        return [entry.details for entry in entries]


@pytest.fixture
def admin(signed_in) -> FlaskClient:
    return signed_in("admin")


def test_a_choice_holds_at_once_and_is_noted_with_before_and_after(site: Site, admin: FlaskClient) -> None:
    generation = site.generation()

    assert (
        led_to(post(admin, "/admin/settings", {"site_name": "Wells  and pumps", "four_eyes": "0"})) == "/admin/settings"
    )

    assert chosen(site) == {"site_name": "Wells and pumps", "four_eyes": "0"}
    assert "Wells and pumps" in admin.get("/").text
    assert not site.config.four_eyes
    assert site.generation() == generation + 1
    assert sorted(noted(site), key=lambda entry: entry["name"]) == [
        {"name": "four_eyes", "before": "1", "after": "0"},
        {"name": "site_name", "before": "kmwiki", "after": "Wells and pumps"},
    ]


def test_what_did_not_differ_is_neither_stored_nor_noted(site: Site, admin: FlaskClient) -> None:
    generation = site.generation()

    post(admin, "/admin/settings", {"site_name": "kmwiki", "reading": "public", "reminder_days": "7  14"})

    assert chosen(site) == {} and noted(site) == [] and site.generation() == generation


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("site_name", " "), ("site_name", "x" * 61), ("site_name", "a\x00b"), ("licence", "made-up"),
        ("registration", "sometimes"), ("four_eyes", "perhaps"), ("reading", ""), ("second_factor", "all"),
        ("reminder_days", "14 7"), ("reminder_days", "soon"), ("reminder_days", "1 2 3 4 5 6"),
    ],
)  # fmt: skip
def test_where_one_thing_cannot_be_taken_nothing_is_and_the_field_says_so(
    site: Site, admin: FlaskClient, name: str, value: str
) -> None:
    answer = post(admin, "/admin/settings", {"registration": "closed", name: value})

    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert chosen(site) == {}


def test_what_somebody_else_chose_meanwhile_is_left_alone(site: Site, admin: FlaskClient) -> None:
    opened_before = {"site_name": "kmwiki", "before.site_name": "kmwiki", "before.registration": "approval"}
    post(admin, "/admin/settings", {"site_name": "Wells"})

    post(admin, "/admin/settings", {**opened_before, "registration": "closed"})

    assert chosen(site) == {"site_name": "Wells", "registration": "closed"}
    assert 'name="before.site_name" value="Wells"' in admin.get("/admin/settings").text


def test_what_is_no_setting_of_the_browser_is_passed_over(site: Site, admin: FlaskClient) -> None:
    post(admin, "/admin/settings", {"secret_key": "mine", "site_id": "mine", "database_url": "sqlite://"})

    assert chosen(site) == {}


def test_what_the_environment_gives_is_shown_and_cannot_be_changed(config: Config) -> None:
    site = open_site(with_settings(config, given=frozenset({"site_name"}), site_name="Given name"))
    client = create_app(site).test_client()
    with site.work(SYSTEM) as uow:
        token = start_session(uow, find_user(uow, "admin"))
    with client.session_transaction() as session:
        session["_user_id"] = token

    post(client, "/admin/settings", {"site_name": "Another name"})
    page = client.get("/admin/settings").text

    assert chosen(site) == {}
    assert "KMWIKI_SITE_NAME" in page and "Given name" in page and "<fieldset disabled>" in page
    site.engine.dispose()


def test_the_page_says_what_four_eyes_means_for_a_single_moderator(site: Site, admin: FlaskClient) -> None:
    assert "3 people here can publish." in admin.get("/admin/settings").text
    with site.work(SYSTEM) as uow:
        for name in ("moderator", "moderator2"):
            find_user(uow, name).state = "disabled"

    assert "only one person who can publish" in admin.get("/admin/settings").text


def put(admin: FlaskClient, content: bytes, name: str = "mark.png"):
    from io import BytesIO

    return post(admin, "/admin/settings/logo", {"logo": (BytesIO(content), name)})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_stands_beside_the_name_small_and_without_notes_of_the_camera(
    admin: FlaskClient, browser: FlaskClient, kind: str
) -> None:
    led_to(put(admin, photo(kind, (1600, 800)), f"x.{kind.lower()}"))
    address = browser.get("/").text.split('<img src="')[1].split('"')[0]

    answer = browser.get(address)

    assert address.startswith("/logo?v=")
    assert answer.status_code == 200 and len(answer.data) <= 64 * 1024
    assert opened(answer.data).width <= 480
    assert not any(secret in answer.data for secret in SECRETS)
    assert "immutable" in answer.headers["Cache-Control"]
    assert browser.get("/logo").headers["Cache-Control"] == "no-cache"
    assert 'width="64" height="32"' in browser.get("/").text


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a...", b"\x89PNG\r\n\x1a\nbroken"]
)
def test_what_is_no_picture_is_refused_and_the_one_before_stays(site: Site, admin: FlaskClient, content: bytes) -> None:
    put(admin, photo("PNG", (64, 64)))
    before = chosen(site)["logo"]

    answer = put(admin, content)

    assert answer.status_code == 422 and 'class="fault"' in answer.text
    assert chosen(site)["logo"] == before


def test_the_picture_can_be_taken_away(admin: FlaskClient, browser: FlaskClient) -> None:
    put(admin, photo("PNG", (64, 64)))
    led_to(post(admin, "/admin/settings/logo/remove"))

    assert "/logo?v=" not in browser.get("/").text
    assert browser.get("/logo").status_code == 404


def test_the_picture_survives_the_sweep_of_unused_files(site: Site, admin: FlaskClient, browser: FlaskClient) -> None:
    from kmwiki.services.files import file_care

    put(admin, photo("PNG", (64, 64)))
    site.files.age_seconds = lambda sha256: 10.0**9  # type: ignore[method-assign]
    file_care.sweep_unused(site)

    assert browser.get("/logo").status_code == 200
