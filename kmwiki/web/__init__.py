"""HTML for people: one file a subject. Views parse, call one service, and answer.

No queries, no rules and no texts of mails here; what both faces share is in http/.
"""

from flask import Flask

from kmwiki.web import (
    about,
    change_files,
    changes,
    comments,
    conflict,
    deciding,
    edit,
    feeds,
    files,
    front_page,
    health,
    history,
    kept,
    logo,
    new,
    offers,
    opinions,
    pages,
    preview,
    review,
    robots,
    search,
    set_aside,
    shared,
    uploads,
    vocabularies,
    word,
    working_copies,
)
from kmwiki.web.account_pages import MODULES as ACCOUNT
from kmwiki.web.admin import MODULES as ADMIN
from kmwiki.web.care_pages import MODULES as CARE
from kmwiki.web.frame import page_frame
from kmwiki.web.gates import require_second_factor

_READING = (front_page, feeds, search, pages, history, comments, files, vocabularies, about, health, logo, robots)
_WRITING = (
    new, edit, set_aside, preview, conflict, changes, deciding, opinions, change_files, uploads, review,
    shared, kept, word, working_copies, offers,
)  # fmt: skip


def register(app: Flask) -> None:
    """Hang all pages on this app."""
    app.context_processor(page_frame)
    app.before_request(require_second_factor)
    for module in (*_READING, *_WRITING, *CARE, *ACCOUNT, *ADMIN):
        app.register_blueprint(module.blueprint)
