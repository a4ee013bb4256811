"""What is wrong with a bag as a bag: its tag files, its manifests, the digests of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from kmwiki.domain.bundle import manifest
from kmwiki.domain.bundle.container import Container, Limits, ascii_name, reading
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _

_CHUNK = 2**20


def check_bag(container: Container, limits: Limits, faults: list[str]) -> dict[str, str]:
    """The digests of the payload as the manifest gives them; adds every fault of the bag to `faults`."""
    if not read_text(container, "bagit.txt", limits.page_bytes, faults).startswith("BagIt-Version: "):
        faults.append(_("{file}: This is not the file of a BagIt bag.").format(file="bagit.txt"))
    payload = _manifest(container, manifest.MANIFEST, limits, faults)
    tags = _manifest(container, manifest.TAG_MANIFEST, limits, faults)
    faults += _listing_faults(container, payload, tags)
    for path, digest in sorted({**tags, **payload}.items()):
        if path in container.sizes:
            faults += _digest_faults(container, path, digest)
    return payload


def read_text(container: Container, path: str, max_bytes: int, faults: list[str]) -> str:
    """The text of a file, "" with a fault if it cannot be read."""
    try:
        return read_bytes(container, path, max_bytes).decode("utf-8")
    except UnicodeDecodeError:
        faults.append(_("{file}: The text is not UTF-8.").format(file=path))
    except BundleError as error:
        faults += error.faults
    return ""


def read_bytes(container: Container, path: str, max_bytes: int) -> bytes:
    """The bytes of a file; raises BundleError if it is missing, damaged or too large."""
    size = container.sizes.get(path)
    if size is None:
        raise _fault(_("{file}: The file is missing."), path)
    if size > max_bytes:
        raise _fault(_("{file}: The file is too large."), path)
    with reading(container, path) as file:
        return file.read()


def _fault(sentence: str, path: str) -> BundleError:
    return BundleError(_("The bundle is damaged."), [sentence.format(file=ascii_name(path))])


def _manifest(container: Container, path: str, limits: Limits, faults: list[str]) -> dict[str, str]:
    text = read_text(container, path, limits.index_bytes, faults)
    try:
        return manifest.read_manifest(text)
    except ValueError as error:
        faults.append(_("{file}: This is not a manifest ({place}).").format(file=path, place=error))
        return {}


def _listing_faults(container: Container, payload: Mapping[str, str], tags: Mapping[str, str]) -> Iterator[str]:
    listed = {*payload, *tags, manifest.TAG_MANIFEST}
    for path in sorted(container.sizes.keys() - listed | set(manifest.TAG_FILES) - tags.keys()):
        yield _("{file}: No manifest lists this file.").format(file=path)
    for path in sorted(listed - container.sizes.keys()):
        yield _("{file}: The file is listed and missing.").format(file=ascii_name(path))
    for path in sorted(payload):
        if not path.startswith("data/"):
            yield _("{file}: The manifest lists a file outside data/.").format(file=ascii_name(path))


def _digest_faults(container: Container, path: str, expected: str) -> Iterator[str]:
    digest = hashlib.sha256()
    try:
        with reading(container, path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except BundleError as error:
        yield from error.faults
        return
    if digest.hexdigest() != expected:
        yield _("{file}: The file is not the one that the manifest lists.").format(file=path)
