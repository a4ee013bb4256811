"""Every kind of page on a phone and on a desk, in light and in dark."""

import pytest

from browser.looking import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRACTICE = "/pages/peer-coaching-circles-teachers"

FOR_ANYBODY = [
    "/",
    PRACTICE,
    "/pages/muraqabat-jawdat-almiyah",
    f"{PRACTICE}/history",
    f"{PRACTICE}/compare?from=1&to=2",
    "/search?q=water",
    "/search?q=zzzzzz",
    "/search?type=good-practice",
    "/account/login",
    "/account/register",
    "/nothing-is-here",
    "/vocabularies/maturity",
    "/recent",
    "/about/privacy",
]

FOR_CONTRIBUTORS = [
    *(f"/new/{type_name}" for type_name in ("needs-analysis", "good-practice", "case-study", "term")),
    "/pages/teachers-large-classes-multilingual/edit",
    f"{PRACTICE}/edit",
    f"{PRACTICE}/ask",
    "/pages/spare-parts-stores-chikwawa-malawi-2021-2024/edit",
    "/pages/indicator/edit",
    "/account/profile",
    "/account/tokens",
    "/account/password",
    "/changes?mine=1",
]

FOR_MODERATORS = ["/review", f"{PRACTICE}/care"]

FOR_ADMINISTRATORS = [
    "/admin",
    "/admin/users",
    "/admin/users/contributor",
    "/admin/settings",
    "/admin/audit",
    "/admin/jobs",
    "/admin/health",
]


@pytest.mark.parametrize("path", FOR_ANYBODY)
def test_what_anybody_sees(person, path: str) -> None:
    reader = person()
    reader.go(path)

    assert faults_of(reader.page) == []


@pytest.mark.parametrize("path", FOR_CONTRIBUTORS)
def test_what_a_contributor_sees(person, path: str) -> None:
    contributor = person("contributor2")
    answer = contributor.go(path)

    assert answer.status == 200
    assert faults_of(contributor.page) == []


@pytest.mark.parametrize("path", FOR_MODERATORS)
def test_what_a_moderator_sees(person, path: str) -> None:
    moderator = person("moderator")
    answer = moderator.go(path)

    assert answer.status == 200
    assert faults_of(moderator.page) == []


def test_what_an_administrator_sees(person) -> None:
    """One browser for all of them: they are built of the same parts."""
    admin = person("admin")
    faults = {}
    for path in FOR_ADMINISTRATORS:
        assert admin.go(path).status == 200
        faults[path] = faults_of(admin.page)

    assert {path: found for path, found in faults.items() if found} == {}


def test_a_change_as_a_moderator_sees_it(person) -> None:
    moderator = person("moderator")
    moderator.go("/review")
    moderator.main.locator('ol.entries h3 a[href^="/changes/"]').first.click()

    moderator.see("Decide")
    assert faults_of(moderator.page) == []


def test_everything_that_a_change_can_show(person) -> None:
    author, moderator = person("contributor2"), person("moderator")
    change = author.start_need_and_send("Which springs stay clean in the rains?")
    moderator.go(change)
    moderator.main.locator("#return-reason").fill("Please say where.")
    moderator.press("Send back")
    moderator.see("needs something more before it can be published")
    author.go(f"{change}/edit")
    author.write(purpose="Offices in the hills cannot decide where to drill.")
    author.save_and_look()
    author.send_in_short()
    moderator.go(change)
    moderator.main.get_by_role("link", name="Look at what changed since").click()
    moderator.see("This is what changed since.")
    for folded in moderator.main.locator("details").all():
        folded.evaluate("folded => { folded.open = true; }")

    assert faults_of(moderator.page) == []
    assert moderator.main.locator("ins").filter(has_text="in the hills").count() == 1


def test_a_form_that_was_refused(person) -> None:
    contributor = person("contributor2")
    contributor.go("/new/term")
    contributor.write(title="x" * 1_200)
    contributor.press("Save")

    contributor.page.wait_for_selector("[aria-invalid=true]")
    assert faults_of(contributor.page) == []


def test_a_menu_that_is_open(person) -> None:
    reader = person(width=320)
    reader.go("/")
    reader.page.locator("header summary").filter(visible=True).first.click()

    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320
