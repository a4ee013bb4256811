"""Facets of search in words: what each is called, and what its values are called, in the reader's language."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kmwiki.domain.page_type import PageType
from kmwiki.i18n import gettext as _
from kmwiki.services.pages.labels import organisation_names, topic_labels
from kmwiki.site import Site, UnitOfWork

#: Of a facet, the values that are found most often; a list of a thousand organisations helps nobody.
MOST_VALUES = 100

Counts = Mapping[str, int]


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


def value_labels(uow: UnitOfWork, facet: str, values: Sequence[str]) -> dict[str, str]:
    """What the values of a facet are called, in their order; one that nothing names stands for itself."""
    labels = _labels(uow, facet, values)
    return {value: labels.get(value, value) for value in values}


def labelled_facets(uow: UnitOfWork, facets: Mapping[str, Counts]) -> dict[str, list[dict[str, object]]]:
    """For each facet its values as [{value, label, count}], the most frequent first."""
    return {name: _labelled(uow, name, _most_frequent(counts)) for name, counts in facets.items()}


def _most_frequent(counts: Counts) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES])


def _labelled(uow: UnitOfWork, facet: str, counts: Counts) -> list[dict[str, object]]:
    labels = value_labels(uow, facet, list(counts))
    return [{"value": value, "label": labels[value], "count": count} for value, count in counts.items()]


def _labels(uow: UnitOfWork, facet: str, values: Sequence[str]) -> Mapping[str, str]:
    """Labels of those of these values that have one."""
    if facet == "type":
        return {name: str(uow.site.page_type(name).label) for name in values if name in uow.site.types.names()}
    if facet == "depth":
        return {"short": _("in short"), "full": _("in full")}
    if facet == "topic":
        return {code: str(words) for code, words in topic_labels(uow, values).items()}
    if facet == "organisation":
        return {str(id): name for id, name in organisation_names(uow, _ids(values)).items()}
    return _labels_of_vocabularies(uow.site, facet, values)


def _ids(values: Sequence[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue  # an organisation that is known by its name alone
    return found


def _labels_of_vocabularies(site: Site, facet: str, values: Sequence[str]) -> dict[str, str]:
    names = ["languages"] if facet == "language" else _vocabularies_of(site, facet)
    labels: dict[str, str] = {}
    for name in names:
        vocabulary = site.vocabularies[name]
        labels |= {code: vocabulary.label_of(code) for code in values if code in vocabulary and code not in labels}
    return labels


def _vocabularies_of(site: Site, facet: str) -> list[str]:
    """The vocabularies of the fields and columns that feed this facet, of whatever type."""
    types = (site.page_type(name) for name in site.types.names())
    return list(dict.fromkeys(name for page_type in types for name in _feeding(page_type, facet)))


def _feeding(page_type: PageType, facet: str) -> list[str]:
    named = (part for field in page_type.fields.values() for part in (field, *field.columns))
    return [name for part in named if part.facet == facet for name in part.vocabulary]
