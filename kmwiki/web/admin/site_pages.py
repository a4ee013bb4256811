"""/admin/site-pages: the site's own pages, written by administrators, in every language."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from kmwiki.domain.word_compare import compare_words, folded
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.http.current import work
from kmwiki.http.languages import direction
from kmwiki.i18n import INTERFACE_LANGUAGES, current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import SitePageVersion
from kmwiki.render.dates import moment_in_words
from kmwiki.services.upkeep.site_pages import (
    SitePageToEdit,
    all_site_pages,
    checked_text,
    save_site_page,
    shipped_text,
    site_page_to_edit,
    site_text,
    text_of_version,
    title_of,
    use_again,
)
from kmwiki.site import UnitOfWork
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.admin.in_languages import further_languages, languages_asked
from kmwiki.web.comparing import ShownPiece, shown_pieces
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.site_pages import SitePage, drawn

blueprint = admin_blueprint("site_pages", "site.pages")


@dataclass(frozen=True)
class _State:
    """What stands in the form beside what is kept: what was typed, what is wrong with it, how it would look."""

    text: str | None = None
    errors: Sequence[str] = ()
    preview: SitePage | None = None


@blueprint.get("/admin/site-pages")
def site_pages() -> str:
    with work() as uow:
        pages = [
            {
                "name": name,
                "title": site_text(uow, name, current_language()).title,
                "url": f"/admin/site-pages/{name}",
                "versions": [_version(uow, row) for row in rows],
            }
            for name, rows in all_site_pages(uow).items()
        ]
    return render_template("admin/site_pages.html", pages=pages)


@blueprint.get("/admin/site-pages/<name>")
def site_page(name: str) -> str:
    return _page(name, request.args.get("language", "en"), _State())


@blueprint.post("/admin/site-pages/<name>")
def store(name: str) -> Answer:
    """Save what was typed, or show how it would look."""
    form = posted()
    language, text = first(form, "language"), first(form, "text")
    try:
        with work() as uow:
            is_preview = first(form, "do") == "preview"
            if is_preview:
                text = checked_text(uow, text)
            else:
                save_site_page(uow, name, language, text, _number(first(form, "seen")))
    except Refused as refused:
        return _page(name, language, _State(text, errors_by_field(refused)["text"])), refused.status
    except Conflict as conflict:
        return _page(name, language, _State(text, [str(conflict)])), conflict.status
    if is_preview:
        return _page(name, language, _State(text, preview=drawn(language, text)))
    flash(_("Saved. Readers see it from now on."), "done")
    return _back(name, language)


@blueprint.post("/admin/site-pages/<name>/use")
def use(name: str) -> Answer:
    """An earlier version as the newest one."""
    form = posted()
    language = first(form, "language")
    try:
        with work() as uow:
            use_again(uow, name, language, _number(first(form, "number")), _number(first(form, "seen")))
    except Conflict as conflict:
        return _page(name, language, _State(None, [str(conflict)])), conflict.status
    flash(_("Saved. Readers see it from now on."), "done")
    return _back(name, language)


def _back(name: str, language: str) -> Response:
    return redirect(f"/admin/site-pages/{name}?language={language}", 303)


def _number(text: str) -> int:
    """The number of a version. Raises NotFound for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise NotFound()
    return int(text)


# ---- what is drawn


def _page(name: str, language: str, state: _State) -> str:
    with work() as uow:
        page = site_page_to_edit(uow, name, language)
        seen_by_readers = site_text(uow, name, language)
        asked = languages_asked(uow.site, [language])
        values = {
            "seen_language": uow.site.vocabularies["languages"].label_of(seen_by_readers.language),
            "languages": [{**each, "current": each["code"] == language} for each in asked],
            "further": further_languages(uow.site, asked),
            "versions": [*(_version(uow, row) for row in page.versions), _shipped(page)],
            "comparison": _comparison(uow, page),
            "english": site_text(uow, name, "en").text if language not in INTERFACE_LANGUAGES else None,
        }
    return render_template(
        "admin/site_page.html",
        name=name,
        url=f"/admin/site-pages/{name}",
        title=seen_by_readers.title,
        language=language,
        text_direction=direction(language),
        text=page.text if state.text is None else state.text,
        kept=page.text if state.text is not None and state.errors else None,
        number=page.number,
        errors=state.errors,
        preview=state.preview,
        is_seen=seen_by_readers.language == language,
        **values,
    )


def _version(uow: UnitOfWork, row: SitePageVersion) -> dict[str, object]:
    return {
        "number": row.number,
        "language": row.language,
        "language_label": uow.site.vocabularies["languages"].label_of(row.language),
        "who": row.author_name,
        "when": moment_in_words(row.created_at, uow.site.config.timezone),
        "title": title_of(row.text),
        "is_shipped": not row.text,
    }


def _shipped(page: SitePageToEdit) -> dict[str, object]:
    """Version 0: what kmwiki brings, if anything."""
    title = title_of(shipped_text(page.name, page.language))
    return {"number": 0, "who": "kmwiki", "when": "", "title": title, "is_shipped": True}


def _comparison(uow: UnitOfWork, page: SitePageToEdit) -> dict[str, object] | None:
    """What changed between the two versions that the address names."""
    if "from" not in request.args:
        return None
    begin, end = (_number(request.args.get(name, "")) for name in ("from", "to"))
    pieces: list[ShownPiece] = shown_pieces(
        folded(compare_words(text_of_version(uow, page, begin), text_of_version(uow, page, end)))
    )
    return {"from": begin, "to": end, "words": pieces, "same": all(piece.op == "same" for piece in pieces)}
