"""On a phone, by touch: from nothing to "sent for review", one question after another, on a line of 25 kbit/s."""

import pytest
from playwright.sync_api import expect

from browser.looking import serious_by_axe, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BYTES_PER_SECOND = 25_000 / 8

#: What is answered by hand, question by question: name of the input → what is typed, chosen or ticked. How people are
#: reached, how far a practice has come and which one a case used are answered already.
NEED = {
    "title": {"title": "Where will hand-dug wells fall dry?"},
    "purpose": {"purpose": "Offices cannot decide where to drill."},
    "needs": {"needs.0.question": "Which wells?", "needs.0.asked_by": "Water office", "needs.0.urgency": "stops"},
    "countries": {"countries": "MW"},
    "sectors": {"sectors": "140"},
    "method": {"method.0.how": "conversation"},
    "organisation": {"organisation.name": "Lakeside Water Network"},
}
PRACTICE = {
    "title": {"title": "Two people hold each key"},
    "summary": {"summary": "Two people hold the keys of a pump house."},
    "practice": {"practice": "One committee member and one user each hold a key."},
    "conditions": {"conditions": "Works where people meet every week."},
    "results": {"results.0.result": "Fewer parts are lost.", "results.0.evidence": "own-monitoring"},
    "countries": {"countries": "MW"},
    "sectors": {"sectors": "140"},
    "organisation": {"organisation.name": "Lakeside Water Network"},
}
CASE = {
    "title": {"title": "Keys in Chikwawa"},
    "places": {"places.0.country": "MW", "places.0.place_name": "Chikwawa"},
    "when": {"when.from": "2024", "when.to": "2025"},
    "summary": {"summary": "Two people held the keys of twelve pump houses."},
    "outcome": {"outcome": "worked"},
    "results": {"results.0.result": "No parts were lost.", "results.0.evidence": "own-monitoring"},
    "lessons": {"lessons.0.lesson": "Name both people in public.", "lessons.0.kind": "do"},
    "sectors": {"sectors": "140"},
    "organisation": {"organisation.name": "Lakeside Water Network"},
}


@pytest.fixture
def phone(chromium, demo, state_of):
    context = chromium.new_context(
        base_url=demo, storage_state=state_of("contributor"), viewport={"width": 360, "height": 740}, has_touch=True,
        is_mobile=True, reduced_motion="reduce", locale="en-GB",
    )  # fmt: skip
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("kind", "answers", "most"),
    [("needs-analysis", NEED, 9), ("good-practice", PRACTICE, 10), ("case-study", CASE, 10)],
)
def test_from_nothing_to_sent_for_review(phone, kind: str, answers: dict[str, dict[str, str]], most: int) -> None:
    if kind == "needs-analysis":
        slow_down(phone)
    phone.goto(f"/new/{kind}")
    answered = answer_one_after_another(phone, answers)
    phone.get_by_role("button", name="Save and look at it").tap()
    phone.wait_for_url("**/changes/*")

    phone.locator('[name="as"][value="short"]').check()
    for tick in phone.locator('[name^="confirmed."]').all():
        tick.check()
    phone.get_by_role("button", name="Send for review").tap()

    expect(phone.get_by_text("Sent for review.").first).to_be_visible()
    assert answered == len(answers) <= most


def test_the_questions_stand_one_after_another_or_all_at_once(phone) -> None:
    phone.goto("/new/needs-analysis")
    title, purpose = phone.locator("[name=title]"), phone.locator("[name=purpose]")
    expect(title).to_be_visible()
    expect(purpose).to_be_hidden()
    assert too_wide(phone, 360) == [] == serious_by_axe(phone)

    phone.get_by_role("button", name="Next question").tap()
    expect(purpose).to_be_visible()
    expect(title).to_be_hidden()
    phone.get_by_role("button", name="Back").tap()
    expect(title).to_be_visible()

    phone.get_by_role("button", name="All questions at once").tap()
    expect(purpose).to_be_visible()
    phone.reload()
    expect(purpose).to_be_visible()  # as it was chosen


def test_a_question_that_depends_on_another_answer_waits_for_it(phone) -> None:
    phone.goto("/new/term")
    phone.get_by_role("button", name="All questions at once").tap()
    address = phone.locator("[name=contact_address]")
    expect(address).to_be_hidden()

    phone.locator("[name=contact][value=public-office]").check()
    expect(address).to_be_visible()
    address.fill("Water office, P.O. Box 1")
    phone.locator("[name=contact][value=through-site]").check()

    expect(address).to_be_visible()  # what was typed is not hidden


def slow_down(page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    line = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 300, **line})


def answer_one_after_another(page, answers: dict[str, dict[str, str]]) -> int:
    """Go through the questions, answer those that need it; how many were answered."""
    answered = 0
    while True:
        question = page.locator("#part-short > .question").filter(visible=True)
        expect(question).to_have_count(1)
        field = question.get_attribute("id").removeprefix("q-f-")
        if field in answers:
            for name, value in answers[field].items():
                _answer(question.locator(f'[name="{name}"]'), value)
            answered += 1
        following = page.get_by_role("button", name="Next question")
        if not following.is_visible():
            return answered
        following.tap()


def _answer(control, value: str) -> None:
    if control.first.evaluate("e => e.tagName") == "SELECT":
        control.select_option(value)
    elif control.first.get_attribute("type") in ("checkbox", "radio"):
        control.and_(control.page.locator(f'[value="{value}"]')).check()
    else:
        control.fill(value)


def test_a_long_title_that_was_begun_does_not_make_the_page_wide(phone) -> None:
    phone.goto("/new/term")
    phone.locator("[name=title]").fill("w" * 180)
    expect(phone.get_by_text("Kept for you")).to_be_visible()

    phone.goto("/new/term")

    expect(phone.get_by_text("You began one before and did not save it")).to_be_visible()
    assert too_wide(phone, 360) == []
