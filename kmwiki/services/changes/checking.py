"""What is still wrong with a version, at a level: the page type's checks and those of its files."""

from collections.abc import Iterator

from kmwiki.domain import fields as field_rules
from kmwiki.domain.bundle.names import clashes
from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.media_types import PICTURES
from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _
from kmwiki.services.files.file_edits import clash_words
from kmwiki.site import UnitOfWork


def problems_at(uow: UnitOfWork, content: Content, level: Level) -> list[Problem]:
    """Everything missing up to this level, and warnings, in form order."""
    page_type = uow.site.page_type(content.type, content.edition)
    problems = field_rules.check(page_type, content.fields, level, uow.site.vocabularies)
    return [*problems, *file_problems(content)]


def blocking(problems: list[Problem], level: Level) -> list[Problem]:
    """Those that stand in the way of publication at this level."""
    return [problem for problem in problems if level.includes(problem.level)]


def highest_level(uow: UnitOfWork, content: Content) -> Level | None:
    """The highest level of publication that holds; a level may have rules that a higher one has not."""
    levels = (Level.FULL, Level.SHORT)
    return next((level for level in levels if not blocking(problems_at(uow, content, level), level)), None)


def missing_at_any_level(uow: UnitOfWork, content: Content) -> list[Problem]:
    """What is missing in short and in full, each once, and warnings; each problem says at which level it counts.

    Rules of publication in short alone are not told of what can be published in full.
    """
    in_full = problems_at(uow, content, Level.FULL)
    if not blocking(in_full, Level.FULL):
        return in_full
    return list(dict.fromkeys([*problems_at(uow, content, Level.SHORT), *in_full]))


def file_problems(content: Content) -> Iterator[Problem]:
    """What keeps files from being published: pictures without description or consent, names that hide each other."""
    for name in clashes(file.name for file in content.files):
        yield _file_problem(name, clash_words(name))
    for file in content.files:
        yield from problems_of_file(file)


def problems_of_file(file: FileEntry) -> Iterator[Problem]:
    is_picture = file.media_type in PICTURES
    if is_picture and not file.alt:
        yield _file_problem(file.name, _("Say what “{name}” shows, for people who do not see it."))
    if file.consent == "not-asked":
        yield _file_problem(file.name, _("The people on “{name}” have not been asked; it cannot be published."))
    elif is_picture and not file.consent:
        message = _("Say whether people can be recognised on “{name}”, and whether they agree.")
        yield _file_problem(file.name, message)


def _file_problem(name: str, message: str) -> Problem:
    return Problem(field="files", level=Level.SHORT, row=name, message=message.format(name=name))
