"""Migrations give the tables that the models tell, and take a site of the version before along with what it holds."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kmwiki.db import Base
from kmwiki.permissions import Actor
from kmwiki.services.pages.reading import read_page
from kmwiki.services.review.moderation import return_change
from kmwiki.services.upkeep import installation
from kmwiki.site import Site, open_site
from pages import change_page, published, send, term


@pytest.mark.database
def test_the_migrations_give_what_the_models_tell(site: Site) -> None:
    with site.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})

        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.database
def test_a_site_of_the_version_before_is_brought_up_to_date_with_what_it_holds(
    site: Site, people: dict[str, Actor]
) -> None:
    page = published(site, people, "term", term())
    change = send(
        site,
        people["contributor"],
        change_page(site, people["contributor"], "water-point", {"definition": "A tap.\n"}),
    )
    command.downgrade(installation.alembic_config(site), "0001")
    site.engine.dispose()

    later = open_site(site.config)
    assert not installation.is_up_to_date(later)
    installation.install(later)

    assert installation.is_up_to_date(later)
    with later.work(people["moderator"]) as uow:
        assert read_page(uow, "water-point").page.id == page.id
        assert return_change(uow, change.id, "Please say where.").is_returned
    later.engine.dispose()
