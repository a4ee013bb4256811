"""The topics in the form of a page: those of the site, those that the text has, and a new word."""

from collections.abc import Sequence

from kmwiki.domain.content import Content
from kmwiki.domain.problems import Problem
from kmwiki.domain.words import Words
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.topic_choice import MOST_CHARACTERS
from kmwiki.services.pages.labels import topic_words, topics
from kmwiki.site import UnitOfWork
from kmwiki.web.comparing import topic_in_words
from kmwiki.web.form_input import Form, first


def topic_values(
    uow: UnitOfWork, content: Content, typed: Form | None, problems: Sequence[Problem]
) -> dict[str, object]:
    """The values of components/form_topics.html.

    A topic that the text has stays under the code that it has there, whatever stands for it now.
    """
    chosen = list(typed.get("topics", ())) if typed is not None and "topics_asked" in typed else list(content.topics)
    words = {**topic_words(uow, chosen), **topic_words(uow, content.topics, with_proposals=True)}
    own = {code: topic_in_words(words.get(code), code) for code in dict.fromkeys((*content.topics, *chosen))}
    standing = {words[code].code for code in own if code in words}
    others = {topic.code: str(Words(topic.label)) for topic in topics(uow) if topic.code not in standing}
    listed = sorted({**others, **own}.items(), key=lambda item: item[1].casefold())
    return {
        "options": [{"code": code, "label": label, "ticked": code in chosen} for code, label in listed],
        "new": first(typed, "new_topic") if typed is not None else "",
        "most": MOST_CHARACTERS,
        "errors": [problem.message for problem in problems if problem.field == "topics"],
        "hint": _("Moderators look at it; readers see it once they have accepted it."),
    }
