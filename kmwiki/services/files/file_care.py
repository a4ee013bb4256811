"""Care of the files' bytes, by the worker: narrow pictures are made, and what nobody uses any more is removed."""

import logging
from typing import Any

from sqlalchemy import select

from kmwiki.backends.pictures import TooManyPixels, narrowed
from kmwiki.domain.media_types import PICTURES, widths_below
from kmwiki.domain.picture_metadata import BrokenPicture
from kmwiki.models import Blob
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)

#: Bytes are put before the revision that names them; what is unused for so long belongs to a save that failed.
UNUSED_SECONDS = 24 * 3600


def make_narrow(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Job `widths`: keep these pictures in every width that is missing."""
    digests = {str(payload["sha256"]) for payload in payloads}
    for blob in uow.session.scalars(select(Blob).where(Blob.sha256.in_(digests))).all():
        _make_missing(uow.site, blob)


def make_all_missing(site: Site) -> None:
    """Make narrow pictures that were lost, or that came with an import or a restored backup."""
    with site.work(SYSTEM) as uow:
        pictures = uow.session.scalars(select(Blob).where(Blob.media_type.in_(PICTURES), Blob.width.is_not(None))).all()
    for blob in pictures:
        _make_missing(site, blob)


def _make_missing(site: Site, blob: Blob) -> None:
    missing = [
        width
        for width in widths_below(blob.media_type, blob.width)
        if site.files.narrow(blob.sha256, width) is None
    ]
    if not missing or not site.files.has(blob.sha256):
        return
    try:
        made = narrowed(site.files.get(blob.sha256), blob.media_type, missing)
    except (BrokenPicture, TooManyPixels) as error:  # one that an import brought; it is shown as it is
        log.warning("cannot make narrow file=%s reason=%s", blob.sha256, error)
        made = dict.fromkeys(missing, b"")
    for width, content in made.items():
        site.files.put_narrow(blob.sha256, width, content)


def sweep_unused(site: Site) -> None:
    """Remove bytes that no version came to use."""
    with site.work(SYSTEM) as uow:
        known = set(uow.session.scalars(select(Blob.sha256)))
    for sha256 in site.files.digests():
        if sha256 not in known and site.files.age_seconds(sha256) > UNUSED_SECONDS:
            site.files.remove(sha256)
            log.info("swept unused file=%s", sha256)
