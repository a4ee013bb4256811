"""Pages of the site, written in the browser by administrators."""

from browsing import post
from kmwiki.site import Site
from query_counter import counted_queries

HERE = "/admin/site-pages/house-rules"


def save(client, text: str, seen: int = 0, language: str = "en", do: str = "save"):
    return post(client, HERE, {"language": language, "text": text, "seen": str(seen), "do": do})


def test_an_administrator_writes_a_page_and_its_title_stands_in_every_foot(signed_in, browser) -> None:
    admin = signed_in("admin")
    assert "House rules" in browser.get("/").text
    assert save(admin, "# Our rules\n\nBe **kind**.\n\n## When\n\nAlways.").status_code == 303

    page = browser.get("/about/house-rules").text
    assert "<strong>kind</strong>" in page and "<h2>When</h2>" in page
    assert ">Our rules</a>" in browser.get("/").text
    assert ">Our rules</a>" in admin.get("/admin/site-pages").text


def test_readers_find_the_other_languages_of_a_page(signed_in, browser) -> None:
    save(signed_in("admin"), "# Reglas\n\nSé amable.", language="es")
    assert 'href="/about/house-rules?language=es"' in browser.get("/about/house-rules").text
    page = browser.get("/about/house-rules?language=es").text
    assert '<article class="prose" lang="es"' in page and "Sé amable." in page


def test_a_look_beforehand_keeps_nothing(signed_in, browser) -> None:
    answer = save(signed_in("admin"), "# Our rules\n\nBe **kind**.", do="preview")
    assert "<strong>kind</strong>" in answer.text and "Be **kind**." in answer.text
    assert "Our rules" not in browser.get("/about/house-rules").text


def test_hostile_marks_do_no_harm(signed_in, browser) -> None:
    save(signed_in("admin"), "# <b>R</b>\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n## <i>H</i>\n\nx")
    page = browser.get("/about/house-rules").text.partition("<main")[2]
    assert "<script>alert" not in page and "javascript:" not in page
    assert "&lt;b&gt;R&lt;/b&gt;" in page and "<i>H</i>" not in page


def test_what_was_typed_comes_back_with_its_fault_and_when_somebody_was_quicker(signed_in) -> None:
    admin = signed_in("admin")
    refused = save(admin, "No title here")
    assert refused.status_code == 422 and "No title here" in refused.text and "Begin with the title" in refused.text
    save(admin, "# First\n")
    late = save(admin, "# Second\n")
    assert late.status_code == 409
    assert "changed this page meanwhile" in late.text and "# Second" in late.text and "# First" in late.text


def test_versions_are_compared_and_used_again(signed_in, browser) -> None:
    admin = signed_in("admin")
    save(admin, "# Rules\n\nBe kind.")
    save(admin, "# Rules\n\nBe short.", seen=1)
    compared = admin.get(f"{HERE}?language=en&from=1&to=2").text
    assert "<del>" in compared and "kind" in compared and "<ins>" in compared
    assert admin.get(f"{HERE}?language=en&from=0&to=2").status_code == 200
    assert admin.get(f"{HERE}?language=en&from=1&to=9").status_code == 404
    assert post(admin, f"{HERE}/use", {"language": "en", "number": "1", "seen": "2"}).status_code == 303
    assert "Be kind." in browser.get("/about/house-rules").text
    assert post(admin, f"{HERE}/use", {"language": "en", "number": "0", "seen": "3"}).status_code == 303
    assert "starter text" in browser.get("/about/house-rules").text


def test_the_foot_asks_the_database_once_until_something_changes(site: Site, signed_in, browser) -> None:
    save(signed_in("admin"), "# Our rules\n")
    browser.get("/about/privacy")
    with counted_queries(site.engine) as queries:
        browser.get("/about/imprint")
    asked = [query for query in queries if "site_page_version" in query]
    assert len(asked) == 2, "the page itself and its languages; nothing for the foot"


def test_others_are_refused_whatever_the_page(signed_in, browser) -> None:
    for address in ("/admin/site-pages", HERE, "/admin/site-pages/nowhere"):
        assert signed_in("moderator").get(address).status_code == 403
    assert signed_in("admin").get("/admin/site-pages/nowhere").status_code == 404
    assert signed_in("admin").get(f"{HERE}?language=xx-no").status_code == 404
    assert post(signed_in("moderator"), HERE, {"text": "# X"}).status_code == 403
