"""Pages of the site's own (about, house rules …): Markdown that kmwiki brings, and versions of an administrator on top.

A version with an empty text takes back what was written in its language. Nothing written: what kmwiki brings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

import kmwiki
from kmwiki.domain.ids import new_id
from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.domain.words import Words
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import INTERFACE_LANGUAGES
from kmwiki.i18n import gettext as _
from kmwiki.models import SitePageVersion
from kmwiki.permissions import require
from kmwiki.site import UnitOfWork

_FOLDER = Path(kmwiki.__file__).parent / "site_pages"
#: What an administrator can write, in the order of the foot of every page; others are as kmwiki brings them.
NAMES = ("about", "house-rules", "privacy", "imprint", "accessibility")
#: So many versions of a language are listed; all are kept.
LISTED = 100
MOST_OF_A_TITLE = 100


@dataclass(frozen=True)
class SiteText:
    """A page of the site in one language: Markdown that begins with its title."""

    name: str
    language: str
    text: str

    @property
    def title(self) -> str:
        return title_of(self.text)


@dataclass(frozen=True)
class SitePageToEdit:
    """A page of the site in one language with its versions, newest first; `number` 0: nothing written yet."""

    name: str
    language: str
    number: int
    text: str
    versions: Sequence[SitePageVersion]


def title_of(text: str) -> str:
    """The first line without its mark."""
    return text.partition("\n")[0].removeprefix("#").strip()


@cache
def shipped_text(name: str, language: str) -> str:
    """What kmwiki brings in this language, "" where it brings nothing."""
    known = {path.stem for path in _FOLDER.glob("*.md")}
    stem = f"{name}.{language}"
    return (_FOLDER / f"{stem}.md").read_text(encoding="utf-8") if stem in known else ""


# ---- reading


def site_text(uow: UnitOfWork, name: str, language: str) -> SiteText:
    """The page as its readers see it: in their language, else in English, else as kmwiki brings it. Raises NotFound."""
    return _chosen(_written(uow, [name], [language, "en"]), name, language)


def site_titles(uow: UnitOfWork, language: str) -> Sequence[SiteText]:
    """The pages that stand in the foot of every page, in one query."""
    written = _written(uow, NAMES, [language, "en"])
    return [_chosen(written, name, language) for name in NAMES]


def written_languages(uow: UnitOfWork, name: str) -> Sequence[str]:
    """The languages in which readers find this page: once it is written here in English, kmwiki's own texts rest."""
    here = {language for (_name, language), row in _written(uow, [name]).items() if row.text}
    shipped = {code for code in INTERFACE_LANGUAGES if shipped_text(name, code)}
    return sorted(here if "en" in here else here | shipped)


def shipped_site_text(name: str, language: str) -> SiteText:
    """The page as kmwiki brings it, without asking the database. Raises NotFound."""
    return _chosen({}, name, language)


def _chosen(written: Mapping[tuple[str, str], SitePageVersion], name: str, language: str) -> SiteText:
    for code in (language, "en"):
        if (row := written.get((name, code))) and row.text:
            return SiteText(name, code, row.text)
    for code in dict.fromkeys((language, *INTERFACE_LANGUAGES)):
        if text := shipped_text(name, code):
            return SiteText(name, code, text)
    raise NotFound()


def _written(
    uow: UnitOfWork, names: Sequence[str], languages: Sequence[str] = ()
) -> Mapping[tuple[str, str], SitePageVersion]:
    """The newest version of each page and language that was ever written here."""
    newest = (
        select(SitePageVersion.name, SitePageVersion.language, func.max(SitePageVersion.number).label("number"))
        .where(SitePageVersion.name.in_(names))
        .group_by(SitePageVersion.name, SitePageVersion.language)
    )
    last = (newest.where(SitePageVersion.language.in_(languages)) if languages else newest).subquery()
    rows = uow.session.scalars(
        select(SitePageVersion).join(
            last,
            (last.c.name == SitePageVersion.name)
            & (last.c.language == SitePageVersion.language)
            & (last.c.number == SitePageVersion.number),
        )
    )
    return {(row.name, row.language): row for row in rows}


# ---- writing


def all_site_pages(uow: UnitOfWork) -> Mapping[str, Sequence[SitePageVersion]]:
    """The newest version of every language in which a page was written here, by page. Raises Forbidden."""
    require(uow.actor, "site.pages")
    rows = sorted(_written(uow, NAMES).values(), key=lambda row: row.language)
    return {name: [row for row in rows if row.name == name] for name in NAMES}


def site_page_to_edit(uow: UnitOfWork, name: str, language: str) -> SitePageToEdit:
    """Raises Forbidden, NotFound (no such page, no such language)."""
    require(uow.actor, "site.pages")
    if name not in NAMES or language not in uow.site.vocabularies["languages"]:
        raise NotFound()
    of_page = select(SitePageVersion).where(SitePageVersion.name == name, SitePageVersion.language == language)
    versions = uow.session.scalars(of_page.order_by(SitePageVersion.number.desc()).limit(LISTED)).all()
    number = versions[0].number if versions else 0
    text = (versions[0].text if versions else "") or shipped_text(name, language)
    return SitePageToEdit(name, language, number, text, versions)


def text_of_version(uow: UnitOfWork, page: SitePageToEdit, number: int) -> str:
    """What a version says; 0, and one that took back what was written: what kmwiki brings. Raises NotFound."""
    if number == 0:
        return shipped_text(page.name, page.language)
    found = uow.session.scalar(
        select(SitePageVersion.text).where(
            SitePageVersion.name == page.name,
            SitePageVersion.language == page.language,
            SitePageVersion.number == number,
        )
    )
    if found is None:
        raise NotFound()
    return found or shipped_text(page.name, page.language)


def checked_text(uow: UnitOfWork, text: str) -> str:
    """The text as it would be stored. Raises Refused with every problem."""
    field = Field("text", "md", Words({"en": "Text", "fr": "Texte"}))
    try:
        cleaned = str(KINDS["md"].parse(text, field, Context(uow.site.vocabularies))).strip() + "\n"
    except Faults as faults:
        raise Refused(faults.problems[0].message, faults.problems) from faults
    first_line = cleaned.partition("\n")[0]
    if not first_line.startswith("# ") or not title_of(cleaned):
        raise _refused(_("Begin with the title: a line such as “# House rules”."))
    if len(title_of(cleaned)) > MOST_OF_A_TITLE:
        raise _refused(_("Write at most {number} characters in the title.").format(number=MOST_OF_A_TITLE))
    return cleaned


def _refused(message: str) -> Refused:
    return Refused(message, [Problem("text", Level.DRAFT, message)])


def save_site_page(uow: UnitOfWork, name: str, language: str, text: str, seen: int) -> int:
    """A new version in this language; its number. Nothing where nothing changed.

    Raises Forbidden, NotFound, Refused, Conflict (somebody else was quicker).
    """
    page = site_page_to_edit(uow, name, language)
    cleaned = checked_text(uow, text)
    if page.number != seen:
        raise _meanwhile(page)
    return page.number if cleaned == page.text else _store(uow, page, cleaned)


def use_again(uow: UnitOfWork, name: str, language: str, number: int, seen: int) -> int:
    """An earlier version as a new one; 0 takes back what was written in this language. Raises as save_site_page."""
    page = site_page_to_edit(uow, name, language)
    text = "" if number == 0 else text_of_version(uow, page, number)
    if page.number != seen:
        raise _meanwhile(page)
    now = page.versions[0].text if page.versions else ""
    return page.number if text == now else _store(uow, page, text)


def _store(uow: UnitOfWork, page: SitePageToEdit, text: str) -> int:
    number = page.number + 1
    uow.session.add(
        SitePageVersion(
            id=new_id(), name=page.name, language=page.language, number=number, text=text,
            author_id=uow.actor.user_id, author_name=uow.actor.name, created_at=uow.now,
        )
    )  # fmt: skip
    try:
        uow.session.flush()
    except IntegrityError as error:  # two at the same moment: the unique index lets one through
        uow.session.rollback()
        raise _meanwhile(site_page_to_edit(uow, page.name, page.language)) from error
    uow.audit("site.page", name=page.name, language=page.language, number=number)
    uow.settings_changed()
    return number


def _meanwhile(page: SitePageToEdit) -> Conflict:
    who = page.versions[0].author_name if page.versions else ""
    message = _("{name} has changed this page meanwhile. What you typed is here; look at both, and save again.")
    return Conflict(message.format(name=who))
