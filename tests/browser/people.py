"""People in a browser: what they do by hand, in the words that they see."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def complaints_of(page: Page, complaints: list[str]) -> None:
    """Write down what the browser complains about: scripts, the content security policy, parts that are missing."""

    def of_console(message: Any) -> None:
        # An error page is logged as "Failed to load resource", too; parts of a page are looked at below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{page.url}: {message.text}")

    def of_response(response: Any) -> None:
        if response.url.endswith("/working-copy") and response.status in (400, 401, 409):
            return  # how a form learns that its session ended, or of another window
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            complaints.append(f"{page.url}: {response.url} answered {response.status}")

    page.on("console", of_console)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("response", of_response)


def script_complaints_of(page: Page, complaints: list[str]) -> None:
    """Of scripts and the policy alone, where requests are made to fail: what failed to load is no complaint."""

    def note(message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", note)


def signed_in_state(chromium: Browser, base: str, name: str) -> Any:
    """The cookies after signing in by the form."""
    context = chromium.new_context(base_url=base)
    page = context.new_page()
    page.goto("/account/login")
    page.locator("main [name=username]").fill(name)
    page.locator("main [name=password]").fill(name)
    page.locator("main form button.main").click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    state = context.storage_state()
    context.close()
    return state


class Person:
    """One window. `see` and `fill` speak of what stands on the page; anything else is done with `.page`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.main = page.locator("main")

    def go(self, path: str) -> Any:
        return self.page.goto(path)

    @property
    def path(self) -> str:
        return self.page.evaluate("location.pathname")

    def see(self, words: str) -> None:
        """These words stand in the page, in sight."""
        expect(self.main.get_by_text(words).filter(visible=True).first).to_be_visible()

    def does_not_see(self, words: str) -> None:
        expect(self.main.get_by_text(words).filter(visible=True)).to_have_count(0)

    def press(self, name: str, exact: bool = True) -> None:
        self.main.get_by_role("button", name=name, exact=exact).first.click()

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name).first.click()

    def write(self, **answers: str) -> None:
        """Fill in questions by the names of their inputs: `needs__0__question` is needs.0.question."""
        for name, value in answers.items():
            self._answer(self.page.locator(f'#page-form [name="{name.replace("__", ".")}"]'), value)

    def _answer(self, control: Any, value: str) -> None:
        if control.first.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        elif control.first.get_attribute("type") in ("checkbox", "radio"):
            control.and_(self.page.locator(f'[value="{value}"]')).check()
        else:
            control.fill(value)

    def write_need_in_short(self, title: str) -> None:
        """Everything that a needs analysis needs to be published in short."""
        self.write(
            title=title, purpose="Offices cannot decide where to drill.",
            needs__0__question="Where will wells fall dry?", needs__0__asked_by="District office",
            needs__0__urgency="stops", countries="MW", sectors="140", method__0__how="conversation",
            organisation__name="Lakeside Water Network", contact="through-site",
        )  # fmt: skip

    def save(self) -> None:
        self.press("Save")
        self.see("Saved.")

    def save_and_look(self) -> str:
        """The path of the change."""
        self.press("Save and look at it")
        self.page.wait_for_url("**/changes/*")
        return self.path

    def send_in_short(self) -> None:
        self.main.locator('[name="as"][value="short"]').check()
        for tick in self.main.locator('[name^="confirmed."]').all():
            tick.check()
        self.press("Send for review")
        self.see("Sent for review.")

    def publish(self) -> str:
        """The path of the page."""
        self.press("Publish")
        self.see("This is what readers see now.")
        self.main.get_by_role("link", name="The page as readers see it").click()
        self.page.wait_for_url("**/pages/*")
        return self.path

    def finds(self, words: str, title: str) -> None:
        """Search until the worker has indexed the page."""
        for _attempt in range(40):
            self.go(f"/search?q={words}")
            found = self.main.get_by_role("link", name=title)
            if found.count():
                return
            self.page.wait_for_timeout(250)
        raise AssertionError(f"“{title}” was not found by “{words}” within ten seconds")

    def start_need_and_send(self, title: str) -> str:
        """The path of the change that waits for review."""
        self.go("/new/needs-analysis")
        self.write_need_in_short(title)
        change = self.save_and_look()
        self.send_in_short()
        return change


def published_need(author: Person, reviewer: Person, title: str) -> str:
    """The path of a new page that went the whole way."""
    change = author.start_need_and_send(title)
    reviewer.go(change)
    return reviewer.publish()
