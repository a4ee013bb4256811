"""/about/<name>: the site's own pages."""

from flask import Blueprint, render_template, request

from kmwiki.http.current import current_site, work
from kmwiki.http.languages import direction
from kmwiki.i18n import current_language
from kmwiki.services.upkeep.site_pages import site_text, written_languages
from kmwiki.web.site_pages import drawn

blueprint = Blueprint("about", __name__)


@blueprint.get("/about/")
@blueprint.get("/about/<name>")
def about(name: str = "about") -> str:
    """The page in the reader's language, or in the one that the address names."""
    with work() as uow:
        text = site_text(uow, name, request.args.get("language") or current_language())
        others = [code for code in written_languages(uow, name) if code != text.language]
    languages = current_site().vocabularies["languages"]
    return render_template(
        "pages/site_page.html",
        page=drawn(text.language, text.text),
        text_direction=direction(text.language),
        others=[
            {"code": code, "label": languages.label_of(code), "url": f"/about/{name}?language={code}"}
            for code in others
        ],
    )
