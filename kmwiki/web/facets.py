"""Facets of search in words: what each is called, and what its values are called."""

from collections.abc import Mapping, Sequence

from kmwiki.i18n import gettext as _
from kmwiki.services.facet_labels import labelled_facets
from kmwiki.site import UnitOfWork


def facet_label(name: str) -> str:
    """What a facet is called."""
    return {
        "type": _("Kind of page"),
        "country": _("Country"),
        "sector": _("Field of work"),
        "sdg": _("Development goal"),
        "level": _("Level"),
        "topic": _("Topic"),
        "language": _("Language"),
        "maturity": _("How well proven"),
        "outcome": _("What came of it"),
        "depth": _("How full"),
        "organisation": _("Organisation"),
    }.get(name, name)


def value_labels(uow: UnitOfWork, facet: str, values: Sequence[str]) -> Mapping[str, str]:
    """What the values of a facet are called, in their order; one that nothing names stands for itself."""
    labelled = labelled_facets(uow, {facet: dict.fromkeys(values, 0)})[facet]
    labels = {str(value["value"]): str(value["label"]) for value in labelled}
    return {value: labels.get(value, value) for value in values}
