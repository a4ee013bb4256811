"""How the moderators' desk is narrowed: whose part is shown, what there is to choose from, what is chosen."""

from collections.abc import Mapping, Sequence

from kmwiki.i18n import gettext as _
from kmwiki.services.pages.facet_labels import facet_label, value_labels
from kmwiki.services.review.desk_filters import DeskFilter, Kind, Show
from kmwiki.services.review.desk_list import DeskView, default_show
from kmwiki.services.review.weighing import DESK_FACETS
from kmwiki.site import UnitOfWork
from kmwiki.web.desk_address import DESK, address
from kmwiki.web.version import type_words

Option = Mapping[str, str]


def kind_words() -> dict[str, str]:
    """What kinds of change are called."""
    return {
        Kind.NEW: _("new page"),
        Kind.TRANSLATION: _("translation"),
        Kind.EDIT: _("change"),
        Kind.SMALL: _("small edit"),
        Kind.ARCHIVE: _("asks to archive"),
        Kind.RENAME: _("asks to rename"),
        Kind.REMOVE: _("asks to remove"),
    }


def show_links(view: DeskView) -> list[dict[str, object]]:
    """Everything, what the asker takes, what is in the asker's hands."""
    labels = {Show.TAKES: _("What you take"), Show.ALL: _("All"), Show.MINE: _("What you are looking at")}
    current = view.asked.show or default_show(view.takes)
    return [
        {"label": label, "url": address(DeskFilter(show=show)), "current": show is current}
        for show, label in labels.items()
        if show is not Show.TAKES or view.takes
    ]


def selects(uow: UnitOfWork, view: DeskView) -> list[dict[str, object]]:
    """One list to choose from for each thing that narrows the desk, with the number of changes behind each value."""
    asked, there = view.asked, view.choices
    types = {name: (type_words(uow.site, name)[1], count) for name, count in there.types.items()}
    lists: dict[str, tuple[str, Sequence[Option]]] = {
        "kind": (_("What kind of change"), _plain(kind_words())),
        "type": (facet_label("type"), _counted(types)),
        **{facet: (facet_label(facet), _of_facet(uow, view, facet)) for facet in DESK_FACETS},
        "author": (_("Author"), _counted(there.authors)),
    }
    return [
        {"name": name, "label": label, "options": [{"code": "", "label": _("any")}, *options],
         "value": getattr(asked, name) or ""}
        for name, (label, options) in lists.items()
    ]  # fmt: skip


def chosen(uow: UnitOfWork, view: DeskView) -> list[dict[str, str]]:
    """What narrows the desk now, each with the address without it."""
    asked, found = view.asked, []
    for select in selects(uow, view):
        name, value = str(select["name"]), select["value"]
        if value:
            label = next((o["label"] for o in select["options"] if o["code"] == value), str(value))  # type: ignore[attr-defined]
            found.append({"label": label, "url": address(asked, **{name: None if name == "kind" else ""})})
    if asked.is_late:
        found.append({"label": _("waits for over 7 days"), "url": address(asked, is_late=False)})
    if asked.group:
        found.append({"label": _("one part of the desk"), "url": address(asked, group=None)})
    return found


def clear_url(view: DeskView) -> str:
    return address(DeskFilter(show=view.asked.show), DESK)


def _of_facet(uow: UnitOfWork, view: DeskView, facet: str) -> Sequence[Option]:
    counts = view.choices.facets[facet]
    labels = value_labels(uow, facet, list(counts))
    return _counted({value: (labels[value], count) for value, count in counts.items()})


def _counted(values: Mapping[str, tuple[str, int]]) -> Sequence[Option]:
    by_label = sorted(values.items(), key=lambda item: item[1][0].casefold())
    return [{"code": code, "label": f"{label} ({count})"} for code, (label, count) in by_label]


def _plain(labels: Mapping[str, str]) -> Sequence[Option]:
    return [{"code": code, "label": label} for code, label in labels.items()]
