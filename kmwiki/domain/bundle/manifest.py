"""The tag files of a BagIt bag: bagit.txt, bag-info.txt and the manifests.

Source: RFC 8493. Names with a line end or a percent sign, which it would escape, do not occur in bundles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

BAGIT_TXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
TAG_FILES = ("bag-info.txt", "bagit.txt", MANIFEST)
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")


def bag_info(bagging_date: date, total_bytes: int, files: int) -> str:
    """bag-info.txt without anything of the moment or the site of the export."""
    return (
        "Bag-Software-Agent: kmwiki\n"
        f"Bagging-Date: {bagging_date.isoformat()}\n"
        "External-Description: Published pages, one Markdown file each. See data/bundle.json.\n"
        f"Payload-Oxum: {total_bytes}.{files}\n"
    )


def write_manifest(digests: Mapping[str, str]) -> str:
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))


def read_manifest(text: str) -> dict[str, str]:
    """Digests in small letters by path; raises ValueError naming the line that is at fault."""
    digests: dict[str, str] = {}
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number}")
        path = match[2].removeprefix("./")
        if path in digests:
            raise ValueError(f"line {number}")
        digests[path] = match[1].lower()
    return digests
