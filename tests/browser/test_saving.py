"""Nothing that somebody typed is lost: by a server that dies, a session that ends, a second editor, a closed tab."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.people import Person, script_complaints_of
from cli.processes import Running, kmwiki_here

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "three wells and a pump"
TEXT = "A place where people fetch water."


class Wiki(Running):
    """A server that can be killed and started again at its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(folder, "serve")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_everybody_out(self) -> None:
        with sqlite3.connect(self.folder / "kmwiki.db") as database:
            database.execute("DELETE FROM login_session")


@pytest.fixture(scope="module")
def wiki(chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    folder = tmp_path_factory.mktemp("saving") / "data"
    assert kmwiki_here(folder, "init").returncode == 0
    for name, role in (("ada", "contributor"), ("bob", "contributor"), ("mod", "moderator")):
        added = kmwiki_here(folder, "user", "add", name, "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")
        assert added.returncode == 0, added.stderr
    with Wiki(folder) as server:
        yield server


@pytest.fixture
def browser_of(chromium, wiki: Wiki):
    """browser_of("ada", shared=True): a browser of its own in which she signed in."""
    contexts, complaints = [], []

    def open_browser(name: str, *, shared: bool = False) -> Person:
        context = chromium.new_context(base_url=wiki.address, locale="en-GB")
        contexts.append(context)
        person = Person(context.new_page())
        script_complaints_of(person.page, complaints)
        sign_in(person, name, shared=shared)
        return person

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(person: Person, name: str, *, shared: bool = False) -> None:
    person.go("/account/login")
    person.main.locator("[name=username]").fill(name)
    person.main.locator("[name=password]").fill(PASSWORD)
    if shared:
        person.main.get_by_label("This is a shared computer").check()
    person.main.locator("form button.main").click()
    person.page.wait_for_url(lambda url: "/account/login" not in url)


def state_is(person: Person, words: str) -> None:
    expect(person.main.locator(".save .state")).to_contain_text(re.compile(words))


def kept_in(person: Person) -> list[str]:
    return person.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('kmwiki.text.'))")


def holds(person: Person, field: str, words: str) -> None:
    expect(person.page.locator(f"[name={field}]")).to_have_value(re.compile(words))


def saved_term(person: Person, title: str, definition: str = "One.\n\nTwo.\n\nThree.") -> str:
    """The path of the form of a new term."""
    person.go("/new/term")
    person.write(title=title, definition=definition)
    person.save()
    return person.path


def test_what_is_typed_is_kept_and_found_on_another_device(browser_of) -> None:
    ada, phone = browser_of("ada"), browser_of("ada")
    ada.go("/new/term")
    state_is(ada, "Nothing changed yet")
    ada.write(definition=TEXT)
    state_is(ada, "Not saved yet")
    state_is(ada, "Kept for you at")
    assert kept_in(ada) == []

    phone.go("/changes?mine=1")
    phone.follow("Go on")
    holds(phone, "definition", TEXT)
    phone.see("Here is what you typed and did not save")
    phone.press("Save")
    phone.see("Saved.")
    state_is(phone, "Saved on")


def test_the_server_dies_while_somebody_types_and_nothing_is_lost(browser_of, wiki: Wiki) -> None:
    ada = browser_of("ada")
    form = saved_term(ada, "Spring")
    wiki.__exit__()
    ada.write(definition=TEXT)
    state_is(ada, "Not saved: no connection. Your text is kept in this browser")
    ada.press("Save")
    state_is(ada, "Not saved: no connection")
    assert len(kept_in(ada)) == 1

    ada.page.close()
    wiki.__enter__()
    again = Person(ada.page.context.new_page())
    again.go(form)
    again.see("This browser has kept text that did not reach the site")
    again.press("Use it")
    holds(again, "definition", TEXT)
    again.save()
    assert kept_in(again) == []


def test_a_server_that_comes_back_is_noticed(browser_of, wiki: Wiki) -> None:
    ada = browser_of("ada")
    ada.go("/new/term")
    wiki.__exit__()
    ada.write(definition=TEXT)
    state_is(ada, "Not saved: no connection")
    wiki.__enter__()
    ada.page.evaluate("dispatchEvent(new Event('online'))")
    state_is(ada, "Kept for you at")
    assert kept_in(ada) == []


def test_a_session_that_ends_while_somebody_types_is_noticed_and_mended(browser_of, wiki: Wiki) -> None:
    ada = browser_of("ada")
    saved_term(ada, "Well")
    wiki.sign_everybody_out()
    ada.write(definition=TEXT)
    state_is(ada, "You have been signed out. Your text is kept in this browser")
    assert len(kept_in(ada)) == 1

    with ada.page.context.expect_page() as opened:
        ada.main.get_by_role("link", name="Sign in in another tab").click()
    tab = Person(opened.value)
    sign_in(tab, "ada")
    tab.page.close()
    ada.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    state_is(ada, "Kept for you at")
    ada.save()
    holds(ada, "definition", TEXT)
    assert kept_in(ada) == []


def test_a_save_that_meets_an_ended_session_is_one_click_away(browser_of, wiki: Wiki) -> None:
    ada = browser_of("ada")
    saved_term(ada, "Tap")
    wiki.sign_everybody_out()
    ada.write(definition=TEXT)
    ada.press("Save")
    ada.see("You are not signed in any more")
    ada.main.locator("[name=username]").fill("ada")
    ada.main.locator("[name=password]").fill(PASSWORD)
    ada.press("Sign in, then save")
    ada.press("Save it now")
    ada.see("Saved.")
    holds(ada, "definition", TEXT)
    ada.does_not_see("This browser has kept text")
    assert kept_in(ada) == []


def test_a_tab_is_closed_in_the_middle_of_a_word(browser_of) -> None:
    ada = browser_of("ada")
    form = saved_term(ada, "Pump")
    ada.write(definition="In the middle of a wo")
    ada.page.close(run_before_unload=True)
    ada.page.wait_for_event("close") if not ada.page.is_closed() else None
    again = Person(ada.page.context.new_page())
    again.go(form)

    holds(again, "definition", "In the middle of a wo")


def test_two_people_in_different_places_are_combined_and_told(browser_of) -> None:
    ada, other = browser_of("ada"), browser_of("ada")
    form = saved_term(ada, "Borehole")
    other.go(form)
    other.write(definition="One.\n\nTwo.\n\nThree, by the other.")
    other.save()
    ada.write(definition="One, by Ada.\n\nTwo.\n\nThree.")
    expect(ada.main.locator(".save .others")).to_contain_text("Somebody saved this meanwhile")
    ada.press("Save")

    ada.see("Somebody else had saved meanwhile. Both are kept")
    holds(ada, "definition", "One, by Ada.\n\nTwo.\n\nThree, by the other.")


def test_two_people_in_the_same_place_choose_with_a_look_at_the_result(browser_of) -> None:
    ada, other = browser_of("ada"), browser_of("ada")
    form = saved_term(ada, "Cistern")
    other.go(form)
    other.write(definition="One.\n\nTheirs.\n\nThree.")
    other.save()
    ada.write(definition="One.\n\nMine.\n\nThree.")
    ada.press("Save")
    ada.see("Two texts for the same place")
    for words in ("Mine.", "Theirs.", "What both began from"):
        ada.see(words)

    ada.main.get_by_label("Both, one after the other").check()
    ada.press("Look at the result")
    result = ada.main.locator("#result")
    expect(result).to_contain_text("Mine.")
    expect(result).to_contain_text("Theirs.")
    ada.press("Save what I chose")
    ada.see("Saved. Both texts are kept")
    ada.see("Texts that were set aside")
    ada.follow("Look at it")
    ada.see("Mine.")


def test_others_see_that_somebody_is_editing_the_page(browser_of) -> None:
    ada, bo, mo = browser_of("ada"), browser_of("bob"), browser_of("mod")
    ada.go("/new/term")
    ada.write(title="Aquifer", definition=TEXT, organisation__name="Lakeside", contact="through-site")
    change = ada.save_and_look()
    ada.send_in_short()
    mo.go(change)
    page = mo.publish()
    ada.go(f"{page}/edit")
    ada.write(definition="Water under the ground.")
    state_is(ada, "Kept for you at")
    bo.go(f"{page}/edit")

    bo.see("Someone else is editing this page.")


def test_signing_out_leaves_nothing_in_the_browser(browser_of, wiki: Wiki) -> None:
    ada = browser_of("ada")
    ada.go("/new/term")
    ada.page.route("**/working-copy", lambda route: route.abort())
    ada.write(definition=TEXT)
    state_is(ada, "Not saved: no connection")
    assert len(kept_in(ada)) == 1
    ada.page.unroute_all()
    ada.page.locator("header summary").filter(has_text="ada").filter(visible=True).click()
    ada.page.get_by_role("button", name="Sign out").filter(visible=True).click()
    ada.page.wait_for_url(f"{wiki.address}/")

    assert ada.page.evaluate("Object.keys(localStorage)") == []
    sign_in(ada, "ada")
    ada.go("/new/term")
    ada.follow("Go on")
    holds(ada, "definition", TEXT)


def test_a_shared_computer_keeps_nothing(browser_of) -> None:
    ada = browser_of("ada", shared=True)
    ada.go("/new/term")
    ada.page.route("**/working-copy", lambda route: route.abort())
    ada.write(definition=TEXT)
    state_is(ada, "Your text is in this window only")

    assert ada.page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    assert [c["expires"] for c in ada.page.context.cookies() if c["name"] == "kmwiki_session"] == [-1]


def test_what_another_account_left_in_this_browser_is_not_shown(browser_of, wiki: Wiki) -> None:
    ada = browser_of("ada")
    ada.go("/new/term")
    ada.page.route("**/working-copy", lambda route: route.abort())
    ada.write(definition="Ada's own words")
    state_is(ada, "Not saved: no connection")
    wiki.sign_everybody_out()
    bo = Person(ada.page.context.new_page())
    sign_in(bo, "bob")
    bo.go("/new/term")
    bo.does_not_see("This browser has kept text")
    ada.page.close()
    bo.page.context.clear_cookies()
    sign_in(bo, "ada")
    bo.go("/new/term")

    bo.see("This browser has kept text that did not reach the site")
