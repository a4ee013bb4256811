"""What templates/changes/files.html draws: each file with what is said of it, and what may be added."""

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from kmwiki.backends.pictures import MOST_PIXELS
from kmwiki.domain.content import FileEntry
from kmwiki.domain.media_types import ENDINGS, PICTURES
from kmwiki.domain.workflow import TRANSITIONS, Verb
from kmwiki.http.languages import direction
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.permissions import may
from kmwiki.render.dates import size_in_words
from kmwiki.render.resolve import markers
from kmwiki.services.changes.checking import file_problems
from kmwiki.services.changes.looking import ChangeView
from kmwiki.services.files.file_edits import FILES_PER_PAGE, PAGE_LIMIT_BYTES
from kmwiki.services.files.file_intake import FILE_LIMIT_BYTES, allowed_endings
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.change_values import change_title
from kmwiki.web.upload_values import upload_values

#: Plain words for what was refused, by the name of the file; "" for what was to be added.
Faults = Mapping[str, Sequence[str]]
_MEGABYTE = 1024 * 1024
#: Characters that Markdown would read as something else.
_WITH_A_MEANING = re.compile(r"([\\\[\]`*_<>])")


def files_url(change_id: UUID) -> str:
    return f"/changes/{change_id}/files"


def file_anchors(files: Sequence[FileEntry]) -> Mapping[str, str]:
    """Where each file stands on the page of files, by its name."""
    return {file.name: f"file-{number}" for number, file in enumerate(files, 1)}


def file_values(
    uow: UnitOfWork, view: ChangeView, faults: Faults, typed: Mapping[str, Mapping[str, str]]
) -> dict[str, object]:
    """The values of changes/files.html for whoever asks."""
    change, site = view.change, uow.site
    editable = change.state in TRANSITIONS[Verb.SAVE].from_states and may(uow.actor, "change.save", change)
    problems: dict[str, list[str]] = {}
    for problem in file_problems(view.content):
        problems.setdefault(str(problem.row), []).append(problem.message)
    used = _used_in(view)
    anchors = file_anchors(view.content.files)
    return {
        "change": {
            "id": change.id, "title": change_title(site, view), "language": view.content.language,
            "direction": direction(view.content.language), "head": change.head_id,
        },
        "action": files_url(change.id),
        "editable": editable,
        "files": [
            {
                **_file(site, view, file, typed.get(file.name, {})),
                "anchor": anchors[file.name],
                "problems": problems.get(file.name, []),
                "used_in": used.get(file.name, []),
                "faults": faults.get(file.name, ()),
            }
            for file in view.content.files
        ],
        "uploads": upload_values(site, view.content, change.id),
        "limits": _limits(view),
        "accept": ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings),
        "faults": faults.get("", ()),
        "problems": [
            {"message": message, "anchor": f"{anchors[name]}-alt" if name in anchors else "f-file", "where": name}
            for name, messages in faults.items()
            for message in messages
        ],
        "typed": typed.get("", {}),
    }  # fmt: skip


def _file(site: Site, view: ChangeView, file: FileEntry, typed: Mapping[str, str]) -> dict[str, object]:
    found = view.version.files.get(file.name)
    label = site.vocabularies["licences"].label_of(file.licence) if file.licence else ""
    consent = site.vocabularies["consent"].label_of(file.consent) if file.consent else ""
    return {
        "name": file.name,
        "is_picture": file.media_type in PICTURES,
        "shown": found,
        "small": found.picture(min(found.widths)) if found and found.widths else found and found.picture(),
        "size": size_in_words(found.size_bytes) if found else "",
        "said": {"alt": file.alt, "credit": file.credit, "licence": file.licence, "consent": file.consent, **typed},
        "licence_label": label,
        "consent_label": consent,
        "insert": insertion(file),
        "ending": "." + file.name.rpartition(".")[2],
    }


def insertion(file: FileEntry) -> str:
    """What an author writes where the file is to be shown, or linked."""
    is_picture = file.media_type in PICTURES
    words = _WITH_A_MEANING.sub(r"\\\1", file.alt or (_("what it shows") if is_picture else file.name))
    name = file.name if re.fullmatch(r"[\w.-]+", file.name) else f"<{file.name}>"
    return f"{'!' if is_picture else ''}[{words}]({name})"


def _used_in(view: ChangeView) -> Mapping[str, list[str]]:
    """The questions whose answers show or link a file, by its name."""
    used: dict[str, list[str]] = {}
    for path, source in view.version.html.items():
        field = view.page_type.fields.get(path.partition(".")[0])
        for name in markers(source).files:
            label = str(field.label) if field else path
            if label not in used.setdefault(name, []):
                used[name].append(label)
    return used


def _limits(view: ChangeView) -> list[str]:
    """What may be added, in plain words, before anybody waits for an upload."""
    here, taken = len(view.content.files), sum(file.size_bytes for file in view.version.files.values())
    each = _("At most {size} MB at once, pictures of at most {pixels} million pixels.")
    whole = _("A page has at most {number} files of {size} MB together.")
    count = ngettext("One is here ({size}).", "{number} are here ({size}).", here)
    return [
        _("Kinds: {endings}.").format(endings=allowed_endings()),
        each.format(size=FILE_LIMIT_BYTES // _MEGABYTE, pixels=MOST_PIXELS // 1_000_000),
        whole.format(number=FILES_PER_PAGE, size=PAGE_LIMIT_BYTES // _MEGABYTE)
        + (" " + count.format(number=here, size=size_in_words(taken)) if here else ""),
        _("Where and by whom a picture was taken is removed from it."),
    ]
