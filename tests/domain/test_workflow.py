"""The states of changes and pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki import i18n
from kmwiki.domain.workflow import (
    OPEN_STATES,
    PAGE_TRANSITIONS,
    TRANSITIONS,
    PageState,
    PageVerb,
    State,
    Verb,
    next_page_state,
    next_state,
    people_page_state,
    people_state,
)
from kmwiki.errors import Conflict

#: The picture of how a change travels, told a second time: what can be done in each state, to what end.
PICTURE = {
    "draft": {"save": "draft", "submit": "submitted", "discard": "discarded"},
    "submitted": {
        "save": "submitted",
        "withdraw": "draft",
        "return": "draft",
        "reject": "rejected",
        "publish": "published",
    },
    "published": {},
    "rejected": {"reopen": "draft"},
    "discarded": {"undiscard": "draft"},
}
PAGE_PICTURE = {
    "staged": {},
    "new": {"purge": None},
    "published": {"archive": "archived", "bin": "binned", "purge": None},
    "archived": {"restore": "published", "bin": "binned", "purge": None},
    "binned": {"unbin": "published", "purge": None},
}


@given(st.lists(st.sampled_from(Verb), max_size=30))
def test_any_sequence_of_verbs_goes_as_the_picture_shows(verbs):
    state = State.DRAFT
    for verb in verbs:
        if verb in PICTURE[state]:
            state = next_state(state, verb)
            assert state in PICTURE
        else:
            with pytest.raises(Conflict):
                next_state(state, verb)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_each_verb_leads_where_the_picture_shows(state, verb):
    if verb in PICTURE[state]:
        assert next_state(state, verb) == PICTURE[state][verb]
    else:
        with pytest.raises(Conflict, match=f"“{people_state(state)}”"):
            next_state(state, verb)


@pytest.mark.parametrize("state", PageState)
@pytest.mark.parametrize("verb", PageVerb)
def test_each_verb_of_pages_leads_where_the_picture_shows(state, verb):
    if verb in PAGE_PICTURE[state]:
        assert next_page_state(state, verb) == PAGE_PICTURE[state][verb]
    else:
        with pytest.raises(Conflict, match=f"“{people_page_state(state)}”"):
            next_page_state(state, verb)


def test_a_page_comes_out_of_the_bin_as_it_went_in():
    assert next_page_state(PageState.BINNED, PageVerb.UNBIN, was=PageState.ARCHIVED) is PageState.ARCHIVED


def test_what_takes_something_from_others_needs_a_reason():
    assert {verb for verb in Verb if TRANSITIONS[verb].needs_reason} == {Verb.RETURN, Verb.REJECT}
    assert {verb for verb in PageVerb if PAGE_TRANSITIONS[verb].needs_reason} == {
        PageVerb.ARCHIVE,
        PageVerb.BIN,
        PageVerb.PURGE,
    }


def test_an_open_change_is_one_that_can_be_saved():
    assert TRANSITIONS[Verb.SAVE].from_states == OPEN_STATES


def test_only_a_draft_is_said_to_be_sent_back():
    assert people_state(State.DRAFT, returned=True) == "sent back to you"
    assert people_state(State.SUBMITTED, returned=True) == "waiting for review"


def test_states_and_refusals_are_said_in_the_readers_language(monkeypatch):
    monkeypatch.setattr("kmwiki.domain.workflow._", lambda message: f"<{message}>")

    with i18n.language("fr"), pytest.raises(Conflict, match="“<draft>”"):
        next_state(State.DRAFT, Verb.PUBLISH)
