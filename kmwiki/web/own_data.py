"""/account/data: everything that the site keeps about somebody, as a file."""

import tempfile

from flask import Response, render_template

from kmwiki.errors import Refused, TooManyTries
from kmwiki.http.current import work
from kmwiki.services.accounts.own_data import allow_download, write_own_data
from kmwiki.web.account import account_blueprint, count_own_try, own_account
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = account_blueprint("own_data")

_IN_MEMORY_BYTES = 4_000_000


@blueprint.get("/account/data")
def show() -> str:
    with work() as uow:
        own_account(uow)
    return render_template("account/data.html", errors={})


@blueprint.post("/account/data")
def download() -> Answer:
    """The file; asks the password, and comes a few times an hour at most."""
    user = count_own_try()
    try:
        with work() as uow:
            allow_download(uow, first(posted(), "current"))
    except Refused as refused:
        return render_template("account/data.html", errors=errors_by_field(refused)), refused.status
    except TooManyTries as error:
        return render_template("account/data.html", errors={"form": [str(error)]}), error.status
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed with the answer
    with work() as uow:
        write_own_data(uow, file)
    size_bytes = file.tell()
    file.seek(0)
    response = Response(iter(lambda: file.read(64 * 1024), b""), content_type="application/zip")
    response.call_on_close(file.close)
    response.headers["Content-Length"] = str(size_bytes)
    response.headers["Content-Disposition"] = f'attachment; filename="{user.username}.zip"'
    return response
