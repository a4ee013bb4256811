"""Names of things that have no words of their own, in the reader's language: so they are not stored."""

import html

from kmwiki.i18n import gettext as _
from kmwiki.render.tags import Tag


def with_label(tag: Tag) -> str:
    """The tag with a name for those who hear the page."""
    label = "" if tag.is_end else _label(tag)
    return f'{tag.source[:-1]} aria-label="{html.escape(label)}">' if label else tag.source


def _label(tag: Tag) -> str:
    match tag.attributes.get("class"):
        case "table-scroll":
            return _("Table")
        case "footnote-back":
            return _("Back to the text")
        case "task-box":
            return _("Done") if "checked" in tag.attributes else _("To do")
        case _:
            return ""
