"""Checking page-type files before a site is started with them."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kmwiki.config import Config, with_settings
from kmwiki.site import open_site


def check_files(config: Config, files: Sequence[Path]) -> int:
    """How many page types are in order, all of the site's or with these files added. Raises PageTypeError.

    A file stands in a folder of its type's name, as <type>/<edition>.yaml or <type>/site.yaml.
    """
    if not files:
        return len(open_site(config).types.names())
    with tempfile.TemporaryDirectory(prefix="kmwiki-types-") as folder:
        own = Path(folder)
        if config.page_types:
            shutil.copytree(config.page_types, own, dirs_exist_ok=True)
        for file in files:
            (own / file.absolute().parent.name).mkdir(exist_ok=True)
            shutil.copy(file, own / file.absolute().parent.name / file.name)
        return len(open_site(with_settings(config, page_types=own)).types.names())
