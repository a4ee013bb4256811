"""Settings that are chosen in the browser hold in every process; those of the environment win."""

from kmwiki.config import Config, load_config, with_settings
from kmwiki.models import Setting
from kmwiki.permissions import SYSTEM, Actor, may
from kmwiki.site import Site, open_site


def choose(site: Site, name: str, value: str) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.merge(Setting(name=name, value=value))
        uow.settings_changed()


def test_a_choice_holds_in_another_process_from_its_next_use_case_on(site: Site, config: Config) -> None:
    other = open_site(config)
    with other.look(SYSTEM):
        assert other.config.four_eyes

    choose(site, "four_eyes", "0")

    with other.work(Actor()) as uow:
        assert not uow.actor.four_eyes
    other.engine.dispose()


def test_what_the_environment_gives_cannot_be_chosen(config: Config) -> None:
    given = load_config(
        {"KMWIKI_DATA": str(config.data), "KMWIKI_DATABASE_URL": config.database_url, "KMWIKI_FOUR_EYES": "1"}
    )
    opened = open_site(with_settings(given, secret_key="only for tests"))

    choose(opened, "four_eyes", "0")

    with opened.work(Actor()) as uow:
        assert uow.actor.four_eyes
    opened.engine.dispose()


def test_on_a_members_site_only_accounts_in_order_read(site: Site, people: dict[str, Actor], waiting: Actor) -> None:
    choose(site, "reading", "members")

    readers = {}
    for name, actor in {**people, "waiting": waiting}.items():
        with site.work(actor) as uow:
            readers[name] = may(uow.actor, "site.read")

    assert [name for name, reads in readers.items() if not reads] == ["anonymous", "waiting"]
