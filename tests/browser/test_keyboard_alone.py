"""A case study written from nothing and sent for review without a mouse."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Where the focus is: name and value of what has it, its words where it has no name.
_FOCUSED = """() => {
  const e = document.activeElement;
  const words = (e.textContent || "").trim();
  return {name: e.name || "", value: e.value || "", words, filters: e.dataset.filters || ""};
}"""


class Keys:
    """The keyboard of somebody who sees where the focus is."""

    def __init__(self, page) -> None:
        self.page = page

    def to(self, **wanted: str) -> None:
        """Tab until what has the focus is this."""
        for _step in range(400):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(_FOCUSED)
            if all(focused[part] == value for part, value in wanted.items()):
                return
        raise AssertionError(f"the Tab key does not lead to {wanted}")

    def type(self, name: str, text: str) -> None:
        self.to(name=name)
        self.page.keyboard.type(text)

    def tick(self, **wanted: str) -> None:
        self.to(**wanted)
        self.page.keyboard.press("Space")

    def narrow_and_tick(self, field: str, text: str, code: str) -> None:
        """Type into the box that narrows a long list, then tick what is left."""
        self.to(filters=f"f-{field}-list")
        self.page.keyboard.type(text)
        self.tick(name=field, value=code)


def test_a_case_study_is_written_and_sent_with_the_keyboard_alone(person) -> None:
    author = person("contributor2")
    author.go("/new/case-study")
    keys = Keys(author.page)

    keys.type("title", "Keys held by two people, Chikwawa, 2024")
    keys.type("places.0.country", "Malawi")
    keys.type("places.0.place_name", "Chikwawa")
    keys.type("when.from", "2024")
    keys.type("summary", "Two people held the keys of twelve pump houses.")
    keys.tick(name="outcome")  # the first answer of the group: it worked
    keys.type("results.0.result", "No parts were lost in a year.")
    keys.type("results.0.evidence", "Own mon")
    keys.type("lessons.0.lesson", "Name both people in public.")
    keys.type("lessons.0.kind", "Do this")
    keys.narrow_and_tick("sectors", "water", "140")
    keys.type("organisation.name", "Lakeside Water Network")
    keys.to(words="Save and look at it")
    author.page.keyboard.press("Enter")
    author.page.wait_for_url("**/changes/*")

    keys.tick(name="as", value="short")
    for name in ("agreed", "people", "safe", "licence"):
        keys.tick(name=f"confirmed.{name}")
    keys.to(words="Send for review")
    author.page.keyboard.press("Enter")

    author.see("Sent for review.")
