"""/preview: what is typed in a Markdown field as readers would see it, while it is being written."""

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup

from kmwiki.domain.problems import Faults
from kmwiki.errors import NotFound
from kmwiki.http.current import work
from kmwiki.services.changes import previewing
from kmwiki.services.changes.previewing import Files
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import first, posted, uuid_or_none
from kmwiki.web.gates import require_signed_in

blueprint = Blueprint("preview", __name__)
blueprint.before_request(require_signed_in)


@blueprint.post("/preview")
def preview() -> Response:
    """The posted `text` of a `field` of this `type`; `change` or `page` say whose files it may show.

    What saving would refuse is no error here: the answer says the line and the reason.
    """
    form = posted()
    with work() as uow:
        page_type = uow.site.page_type(request.args.get("type", ""))
        field = previewing.text_field(page_type, first(form, "field"))
        try:
            html, problems = previewing.preview(uow, field, first(form, "text"), _files(uow)), ()
        except Faults as faults:
            html, problems = "", faults.problems
    drawn = render_template("changes/preview.html", html=Markup(html), problems=problems)
    return jsonify({"html": drawn, "problems": [problem.to_json() for problem in problems]})


def _files(uow: UnitOfWork) -> Files:
    if change := request.args.get("change"):
        change_id = uuid_or_none(change)
        if change_id is None:
            raise NotFound()
        return previewing.files_of_change(uow, change_id)
    if slug := request.args.get("page"):
        return previewing.files_of_page(uow, slug)
    return {}
