"""Whether a site can do its work: database, search index and background worker in order."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from kmwiki.permissions import SYSTEM
from kmwiki.services.pages.reading import generation
from kmwiki.services.upkeep.jobs import worker_is_alive
from kmwiki.site import Site

log = logging.getLogger(__name__)

#: A worker says every ten seconds that it is there.
WORKER_SEEN_WITHIN = timedelta(seconds=45)


@dataclass(frozen=True)
class Readiness:
    database: bool
    index: bool
    worker: bool

    @property
    def is_ready(self) -> bool:
        return self.database and self.index and self.worker


def readiness(site: Site) -> Readiness:
    """Look at all three; never raises for one that is not in order."""
    try:
        with site.work(SYSTEM) as uow:
            database, worker = generation(uow) > 0, worker_is_alive(uow, WORKER_SEEN_WITHIN)
    except SQLAlchemyError as error:
        log.warning("database is not in order: %s", type(error).__name__)
        database = worker = False
    return Readiness(database, site.search.healthy(), worker)
