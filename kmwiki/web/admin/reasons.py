"""/admin/reasons: the ready sentences of the site, one form for each thing that needs a reason, in every language."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template

from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import INTERFACE_LANGUAGES
from kmwiki.i18n import gettext as _
from kmwiki.services.review.ready_reasons import LENGTH, MOST, Own, own_reasons, shipped_reasons, write_reasons
from kmwiki.site import Site
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = admin_blueprint("reasons", "site.reasons")


@blueprint.get("/admin/reasons")
def reasons() -> str:
    return _page("", {}, {})


@blueprint.post("/admin/reasons/<verb>")
def store(verb: str) -> Answer:
    """The sentences for one thing, one a line; no line at all means the shipped ones. Raises NotFound."""
    form = posted()
    typed = {code: first(form, f"sentences.{code}") for code in INTERFACE_LANGUAGES}
    try:
        with work() as uow:
            changed = write_reasons(uow, verb, {code: text.splitlines() for code, text in typed.items()})
    except Refused as refused:
        return _page(verb, typed, errors_by_field(refused)), refused.status
    flash(_("Saved. It holds from now on.") if changed else _("Nothing was different; nothing was saved."), "done")
    return redirect(f"/admin/reasons#{verb}", 303)


def _page(verb: str, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    """All forms; `typed` and `errors` are of the one that was refused."""
    with work() as uow:
        own = own_reasons(uow)
        forms = [
            {
                "verb": name,
                "label": label,
                "languages": [
                    _language(uow.site, name, code, own[name], typed if name == verb else {},
                              errors if name == verb else {})
                    for code in INTERFACE_LANGUAGES
                ],
            }
            for name, label in _labels().items()
        ]  # fmt: skip
    return render_template("admin/reasons.html", forms=forms, most=MOST, length=LENGTH)


def _language(
    site: Site, verb: str, code: str, own: Own, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    return {
        "code": code,
        "label": site.vocabularies["languages"].label_of(code),
        "text": typed.get(code, "\n".join(own.get(code, ()))),
        "shipped": shipped_reasons(verb, code),
        "errors": errors.get(code, ()),
    }


def _labels() -> Mapping[str, str]:
    return {
        "return": _("When a change is sent back"),
        "reject": _("When a change is not accepted"),
        "archive": _("When a page is archived"),
        "bin": _("When a page goes into the bin"),
        "gone": _("When a text is hidden or removed for good"),
        "ask": _("When an author asks that something be done with a page"),
    }
