"""A page type with one field of each shape, and contents of it, for tests of merging and comparing."""

from hypothesis import strategies as st

from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.page_type import Field, PageType, Section
from kmwiki.domain.words import Words


def field(id, kind, **more):
    return Field(id, kind, Words({"en": id.capitalize()}), **more)


COLUMNS = (field("question", "text"), field("urgency", "choice"), field("note", "text"))
FIELDS = (
    field("title", "text"),
    field("purpose", "md"),
    field("needs", "rows", columns=COLUMNS),
    field("applies", "links"),
    field("countries", "choices"),
    field("outcome", "choice"),
)
TYPE = PageType(
    name="story",
    edition=1,
    digest="",
    label=Words({"en": "Story"}),
    plural=Words({"en": "Stories"}),
    invitation=Words({"en": "Tell"}),
    sign="plain",
    sections=(Section("short", Words({"en": "In short"}), FIELDS),),
    source="",
)


def content(language="en", licence="CC-BY-4.0", topics=(), files=(), **fields):
    return Content("story", 1, language, licence, fields, topics=tuple(topics), files=tuple(files))


def file(name, sha256="00", **more):
    return FileEntry(name, sha256, "image/png", **more)


def row(number, question="?", **more):
    return {"id": f"n{number}", "uid": f"u{number}", "question": question, **more}


WORDS = st.sampled_from(["pump", "water", "well", "rain"])
PARAGRAPHS = st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four.", ""]), min_size=1, max_size=6)
NOT_APPLICABLE = st.builds(lambda reason: {"not_applicable": reason}, WORDS)


@st.composite
def rows(draw):
    numbers = draw(st.lists(st.integers(1, 5), unique=True, min_size=1, max_size=5))
    optional = {"urgency": st.sampled_from(["soon", "later"]), "note": WORDS}
    return [
        row(number, draw(WORDS), **draw(st.fixed_dictionaries({}, optional=optional))) for number in numbers
    ]


@st.composite
def links(draw):
    targets = draw(st.lists(st.sampled_from(["p1", "p2", "p3"]), unique=True, min_size=1, max_size=3))
    return [{"page": target, "row": "n1", "relation": draw(WORDS)} for target in targets]


@st.composite
def contents(draw):
    """Contents of one page that share enough for merging to have something to do."""
    paragraphs = PARAGRAPHS.map("\n".join).filter(str.strip)
    fields = {
        "title": WORDS,
        "purpose": paragraphs | NOT_APPLICABLE,
        "needs": rows() | NOT_APPLICABLE,
        "applies": links(),
        "countries": st.lists(st.sampled_from(["NE", "ML", "TD"]), unique=True, min_size=1, max_size=2),
        "outcome": st.sampled_from(["worked", "in-part"]),
        "_kept": st.dictionaries(st.sampled_from(["old", "older"]), WORDS, min_size=1),
    }
    names = draw(st.lists(st.sampled_from(["a.png", "b.png", "c.png"]), unique=True, max_size=2))
    return content(
        language=draw(st.sampled_from(["en", "fr"])),
        topics=draw(st.lists(WORDS, unique=True, max_size=3)),
        files=[file(name, draw(st.sampled_from(["00", "11"])), alt=draw(WORDS)) for name in names],
        **draw(st.fixed_dictionaries({}, optional=fields)),
    )
