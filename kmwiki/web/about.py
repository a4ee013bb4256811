"""/about/<name>: the site's own pages."""

from flask import Blueprint, render_template

from kmwiki.http.languages import direction
from kmwiki.i18n import current_language
from kmwiki.web.site_pages import site_page

blueprint = Blueprint("about", __name__)


@blueprint.get("/about/")
@blueprint.get("/about/<name>")
def about(name: str = "about") -> str:
    page = site_page(name, current_language())
    return render_template("pages/site_page.html", page=page, text_direction=direction(page.language))
