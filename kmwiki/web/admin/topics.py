"""/admin/topics: the words that people search by, and those that somebody proposes."""

from collections.abc import Collection, Mapping, Sequence

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.domain.words import Words
from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import current_site, work
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Topic
from kmwiki.render.dates import day_of
from kmwiki.services.pages import topic_decisions
from kmwiki.services.pages.labels import topics as accepted_topics
from kmwiki.services.pages.topics import (
    TopicList,
    TopicWords,
    add_topic,
    change_topic,
    find_topic,
    seen_words,
    topic_list,
)
from kmwiki.site import UnitOfWork
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.admin.in_languages import by_language, further_languages, languages_asked
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = admin_blueprint("topics", "site.topics")

Errors = Mapping[str, Sequence[str]]


@blueprint.get("/admin/topics")
def topics() -> str:
    return _list(TopicWords({}, {}, {}), {})


@blueprint.post("/admin/topics")
def add() -> Answer:
    given = _given()
    try:
        with work() as uow:
            label = _name(add_topic(uow, given))
    except (Refused, Conflict) as error:
        return _list(given, _errors(error)), error.status
    flash(_("“{label}” can be chosen from now on.").format(label=label), "done")
    return _to_list()


@blueprint.get("/admin/topics/<code>")
def topic(code: str) -> str:
    return _one(code, None, {})


@blueprint.post("/admin/topics/<code>")
def change(code: str) -> Answer:
    given, seen = _given(), first(posted(), "seen")
    try:
        with work() as uow:
            change_topic(uow, code, given, seen)
    except (Refused, Conflict) as error:
        return _one(code, given, _errors(error)), error.status
    flash(_("Saved."), "done")
    return _to_list()


@blueprint.post("/admin/topics/<code>/accept")
def accept(code: str) -> Response:
    with work() as uow:
        label = _name(topic_decisions.accept_topic(uow, code))
    flash(_("“{label}” is accepted: readers see it from now on.").format(label=label), "done")
    return _to_list()


@blueprint.post("/admin/topics/<code>/decline")
def decline(code: str) -> Response:
    with work() as uow:
        label = _name(topic_decisions.decline_topic(uow, code))
    flash(_("“{label}” is not taken.").format(label=label), "done")
    return _to_list()


@blueprint.post("/admin/topics/<code>/merge")
def merge(code: str) -> Answer:
    """Another one stands for it from now on."""
    try:
        with work() as uow:
            label = _name(topic_decisions.merge_topic(uow, code, first(posted(), "into")))
    except Refused as refused:
        return _one(code, None, errors_by_field(refused)), refused.status
    flash(_("Pages of this topic are found under “{label}” from now on.").format(label=label), "done")
    return _to_list()


@blueprint.post("/admin/topics/<code>/remove")
def remove(code: str) -> Answer:
    try:
        with work() as uow:
            label = _name(topic_decisions.remove_topic(uow, code))
    except Refused as refused:
        return _one(code, None, {"remove": [str(refused)]}), refused.status
    flash(_("“{label}” is removed.").format(label=label), "done")
    return _to_list()


def _to_list() -> Response:
    return redirect("/admin/topics", 303)


def _given() -> TopicWords:
    form = posted()
    return TopicWords(*(by_language(form, name) for name in ("label", "meaning", "other_words")))


def _errors(error: Refused | Conflict) -> Errors:
    return errors_by_field(error) if isinstance(error, Refused) and error.problems else {"label": [str(error)]}


# ---- what is drawn


def _list(given: TopicWords, errors: Errors) -> str:
    with work() as uow:
        found = topic_list(uow)
        values = _list_values(uow, found)
    asked = languages_asked(current_site(), given.label)
    return render_template("admin/topics.html", typed=given, errors=errors, languages=asked, **values)


def _list_values(uow: UnitOfWork, found: TopicList) -> dict[str, object]:
    zone = uow.site.config.timezone
    return {
        "proposals": [
            {**_words(topic), "who": who, "when": day_of(topic.proposed_at, zone) if topic.proposed_at else ""}
            for topic, who in found.proposals
        ],
        "topics": [
            {
                **_words(topic),
                "pages": found.pages.get(topic.code, 0) if found.pages is not None else None,
                "merged": [str(Words(part.label)) for part in found.merged.get(topic.code, ())],
            }
            for topic in sorted(found.topics, key=lambda topic: _name(topic).casefold())
        ],
        "choices": _choices(found.topics),
    }


def _choices(topics: Collection[Topic]) -> list[dict[str, str]]:
    """Topics to choose one of, none chosen yet; nothing where there is none."""
    named = sorted(({"code": topic.code, "label": _name(topic)} for topic in topics), key=lambda one: one["label"])
    return [{"code": "", "label": _("Please choose …")}, *named] if named else []


def _words(topic: Topic) -> dict[str, object]:
    return {
        "code": topic.code,
        "label": _name(topic),
        "meaning": str(Words(topic.meaning)),
        "other_words": ", ".join(topic.other_words.get(current_language(), [])),
        "url": f"/admin/topics/{topic.code}",
    }


def _one(code: str, given: TopicWords | None, errors: Errors) -> str:
    with work() as uow:
        topic = find_topic(uow, code)
        others = [other for other in accepted_topics(uow) if other.code != code]
    now = _now(topic)
    asked = languages_asked(current_site(), topic.label, topic.meaning, topic.other_words)
    return render_template(
        "admin/topic.html",
        topic=_words(topic),
        state="merged" if topic.merged_into else "accepted" if topic.is_accepted else "proposed",
        merged_into=topic.merged_into,
        seen=seen_words(topic),
        typed=given or now,
        now=now if given is not None and errors else None,
        errors=errors,
        languages=asked,
        further=further_languages(current_site(), asked),
        choices=_choices(others),
    )


def _now(topic: Topic) -> TopicWords:
    others = {language: ", ".join(words) for language, words in topic.other_words.items()}
    return TopicWords(topic.label, topic.meaning, others)


def _name(topic: Topic) -> str:
    return str(Words(topic.label))
