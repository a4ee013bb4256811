"""Style and script: compressed where the browser takes it, the same bytes, kept by their address."""

import gzip

from flask.testing import FlaskClient

STYLE = "/static/css/kmwiki.css"


def test_style_is_compressed_for_a_browser_that_takes_it(browser: FlaskClient) -> None:
    plain = browser.get(STYLE)
    small = browser.get(STYLE, headers={"Accept-Encoding": "gzip, br"})

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert int(small.headers["Content-Length"]) == len(small.data) < 9 * 1024
    assert gzip.decompress(small.data) == plain.data


def test_a_browser_that_has_it_gets_nothing_anew(browser: FlaskClient) -> None:
    plain = browser.get(STYLE)
    small = browser.get(STYLE, headers={"Accept-Encoding": "gzip"})

    assert small.headers["ETag"] != plain.headers["ETag"]
    for had, encoding in ((plain, "identity"), (small, "gzip")):
        again = browser.get(STYLE, headers={"If-None-Match": had.headers["ETag"], "Accept-Encoding": encoding})
        assert (again.status_code, again.data) == (304, b"")


def test_a_file_that_is_not_there_is_not_found(browser: FlaskClient) -> None:
    assert browser.get("/static/none.css", headers={"Accept-Encoding": "gzip"}).status_code == 404
