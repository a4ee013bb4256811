"""The search backends under test; a new one joins every contract test by a line in BACKENDS."""

import pytest

from kmwiki.backends.memory_search import MemorySearch
from kmwiki.backends.whoosh_search import WhooshSearch

BACKENDS = {"memory": lambda folder: MemorySearch(), "whoosh": lambda folder: WhooshSearch(folder / "index")}


@pytest.fixture(params=BACKENDS)
def search(request, tmp_path):
    """An empty, healthy backend."""
    backend = BACKENDS[request.param](tmp_path)
    backend.replace_all([])
    return backend
