"""Word files, made by pandoc in a process of its own. The extra `office` brings it; without it there are none.

Pandoc runs in its sandbox: it reads and fetches nothing, so pictures have to stand in the HTML as data addresses.
"""

import subprocess
from functools import lru_cache
from threading import BoundedSemaphore

from kmwiki.errors import OfficeUnavailable
from kmwiki.i18n import gettext as _

MEMORY_LIMIT = "-M512m"
TIMEOUT_SECONDS = 60
#: One at a time in a process: each takes a core for a second.
_turn = BoundedSemaphore(1)


@lru_cache(maxsize=1)
def pandoc_path() -> str | None:
    """Where pandoc is; None where the extra is not installed."""
    try:
        import pypandoc  # type: ignore[import-untyped]
    except ImportError:
        return None
    try:
        return str(pypandoc.get_pandoc_path())
    except OSError:
        return None


def word_of_html(html: str) -> bytes:
    """A Word file (.docx) of a whole HTML document. Raises OfficeUnavailable."""
    program = pandoc_path()
    if program is None:
        raise OfficeUnavailable(
            _("This site cannot make Word files. An administrator can install what it takes: kmwiki[office].")
        )
    command = [program, "--sandbox", "--from=html", "--to=docx", "--output=-", "+RTS", MEMORY_LIMIT, "-RTS"]
    if not _turn.acquire(timeout=TIMEOUT_SECONDS / 2):
        raise OfficeUnavailable(_("Many Word files are being made just now. Please try again in a minute."))
    try:
        made = subprocess.run(command, input=html.encode(), capture_output=True, timeout=TIMEOUT_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        message = _("The Word file could not be made. Your text is safe; please tell an administrator.")
        raise OfficeUnavailable(message) from error
    finally:
        _turn.release()
    return made.stdout
