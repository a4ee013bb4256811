"""What Flask answers leaves compressed, and its length says nothing."""

import gzip

from kmwiki.site import Site


def test_a_form_is_a_fraction_of_its_length_on_the_line(signed_in) -> None:
    client = signed_in("contributor")
    plain = client.get("/new/good-practice")
    packed = client.get("/new/good-practice", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 3
    assert b'id="page-form"' in gzip.decompress(packed.data)


def test_the_same_page_has_many_lengths(site: Site, signed_in) -> None:
    client = signed_in("contributor")

    lengths = {len(client.get("/vocabularies/urgency", headers={"Accept-Encoding": "gzip"}).data) for _ in range(20)}

    assert len(lengths) > 5


def test_anonymous_pages_are_compressed_once(site: Site, browser) -> None:
    answer = browser.get("/vocabularies/urgency", headers={"Accept-Encoding": "gzip"})

    assert answer.headers.getlist("Content-Encoding") == ["gzip"]
    assert b"<h1" in gzip.decompress(answer.data)
