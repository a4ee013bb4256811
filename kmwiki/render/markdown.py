"""Markdown into HTML that is safe to store and show; nothing here knows which pages and files exist."""

import html
import logging
import re

from markdown import Markdown

from kmwiki.render.budget import is_too_heavy
from kmwiki.render.gfm.extension import Gfm
from kmwiki.render.sanitise import sanitise

# Part of the key of stored renderings: raise it with every change of what comes out.
RENDERER_VERSION = "1"

log = logging.getLogger(__name__)

# What parsers raise on text they cannot cope with: too deep, or a case their authors did not foresee.
_PARSER_FAILURES = (RecursionError, ValueError, LookupError, AssertionError)
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def render(text: str, id_prefix: str = "") -> str:
    """Sanitised HTML of a text, with links to pages and files still to be resolved.

    id_prefix: goes before every id, so that two fields of a page cannot clash.
    Never raises: a text that is too heavy or that the parser fails on is shown as it was written.
    """
    if is_too_heavy(text):
        return unrendered(text)
    try:
        return sanitise(Markdown(extensions=[Gfm(id_prefix)]).convert(text), id_prefix)
    except _PARSER_FAILURES as failure:
        log.warning("rendering failed characters=%s error=%s", len(text), type(failure).__name__)
        return unrendered(text)


def unrendered(text: str) -> str:
    """The source itself, as text."""
    return f'<pre class="unrendered">{html.escape(_NOT_IN_HTML.sub("�", text))}</pre>'
