"""Values that clash, in words: whole parts, passages of a text, single rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kmwiki.domain.conflict import Conflict
from kmwiki.domain.content import Content
from kmwiki.domain.page_type import PageType
from kmwiki.i18n import gettext as _
from kmwiki.render.values import Around, in_words
from kmwiki.services.pages.link_targets import Targets
from kmwiki.site import Site
from kmwiki.web.compare_words import part_label
from kmwiki.web.version import link_maker


@dataclass(frozen=True)
class ClashWords:
    """Tells the sides of a clash in the reader's language."""

    site: Site
    page_type: PageType
    content: Content
    targets: Targets

    @cached_property
    def _around(self) -> Around:
        return Around(self.site.vocabularies, link_maker(self.site, self.targets))

    def label(self, name: str) -> str:
        """What people call a part."""
        return part_label(self.page_type, name)

    def of(self, conflict: Conflict, value: object) -> str:
        """One side of one place; "" where that side has nothing."""
        if value is None:
            return ""
        if isinstance(value, str) and conflict.places:
            return value.removesuffix("\n")
        field = self.page_type.fields.get(conflict.field)
        if field is not None:
            shown = [value] if isinstance(value, Mapping) and field.kind in ("rows", "links") else value
            return in_words(field, shown, self.content, self.page_type, self._around)
        return self._attribute(conflict.field, value)

    def _attribute(self, name: str, value: object) -> str:
        if name in ("language", "licence"):
            return self.site.vocabularies[f"{name}s"].label_of(str(value))
        if name in ("translation_of", "replaces"):
            link = self._around.link({"page": value})
            return link.title if link else _("A page that you may not see")
        if isinstance(value, Mapping):
            return " · ".join(str(part) for key, part in value.items() if part and key not in ("sha256", "media_type"))
        return str(value)
