"""Pages that nobody would write: whatever the fields hold is stored and given back, or refused with a reason."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.field_values import pages
from kmwiki.site import Site

_texts = st.text(max_size=30)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@pytest.mark.parametrize("type_name", ["case-study", "good-practice", "needs-analysis", "term"])
def test_any_fields_are_stored_or_refused(site: Site, ask: Callable[..., Any], type_name: str) -> None:
    page_type, asker = site.page_type(type_name), ask("contributor")
    names = st.sampled_from([*page_type.fields, "_kept", "no-such-field"])
    strange = st.dictionaries(names, _anything, max_size=3)

    statuses = []

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        fields=pages(page_type, site.vocabularies), more=strange | st.just({}), language=st.sampled_from(["en", "ar"])
    )
    def start_and_save(fields: dict[str, Any], more: dict[str, Any], language: str) -> None:
        body = json.dumps({"type": type_name, "language": language, "fields": {**fields, **more}})
        started = asker.post("/changes", data=body, content_type="application/json")
        assert started.status_code in (201, 400, 422), started.text
        statuses.append(started.status_code)
        if started.status_code == 201:
            path, tag = f"/changes/{started.json['id']}", {"If-Match": started.headers["ETag"]}
            again = asker.patch(path, {"fields": started.json["fields"]}, headers=tag)
            assert (again.status_code, again.json.get("fields")) == (200, started.json["fields"]), again.text
            assert asker.post(f"{path}/submit").status_code in (200, 422)

    start_and_save()
    assert {201, 422} <= set(statuses)
