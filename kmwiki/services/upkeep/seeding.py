"""Generated pages for load tests: three types, links between them, some with an earlier version; by the services."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kmwiki.models import Role, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import actor_of, add_user
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.lifecycle import submit
from kmwiki.services.changes.starting import start_edit, start_page
from kmwiki.services.review.publishing import publish
from kmwiki.site import Site, UnitOfWork

#: One page in so many has an earlier version.
_HISTORY_EVERY = 4
#: Links lead to one of so many pages before.
_REMEMBERED = 2_000

_SUBJECTS = (
    "water points", "seed banks", "health registers", "rainfall calendars", "solar pumps", "school gardens",
    "village savings", "fish landing sites", "tree nurseries", "market roads", "latrines", "cold chains",
)  # fmt: skip
_DOINGS = ("keeping", "repairing", "planning", "counting", "financing", "visiting", "handing over", "mapping")
_PLACES = ("on the plateau", "in the delta", "along the lake", "in the hills", "near the border", "in small towns")
_VOCABULARY = (
    "committee office month repair book price season farmer nurse teacher village district road meeting list visit "
    "rain harvest store keeper fee record school clinic pump seed plan budget training neighbour result trouble "
    "question answer change report map count share lesson year week day market transport cost"
)
_WORDS = _VOCABULARY.split()
_COUNTRIES = ("MW", "ZM", "TZ", "KE", "NE", "BF", "BD", "NP", "PE", "BO", "WS", "JO", "VN", "MZ")
_SECTORS = ("140", "311", "410", "121", "112", "151", "231", "740")


@dataclass
class _Seeder:
    """What has been made so far, and the dice."""

    dice: random.Random
    seed: int
    author: Actor
    reviewer: Actor
    needs: list[tuple[str, str]] = field(default_factory=list)  # slug, row
    practices: list[str] = field(default_factory=list)

    def add_page(self, site: Site, number: int) -> None:
        """One page of the type whose turn it is, published; every fourth with a second version."""
        type_name, make = _TURNS[number % len(_TURNS)]
        fields = make(self, f"{self._title()} {self.seed}-{number}")
        slug = f"seed-{self.seed}-{number}"
        with site.work(self.author) as uow:
            change = start_page(uow, type_name, Edit({"fields": fields, "language": "en", "slug": slug})).change
        self._publish(site, change.id)
        if number % _HISTORY_EVERY == 0:
            anew = Edit({"fields": {"summary": self.sentence()}, "summary": "Said anew"})
            with site.work(self.author) as uow:
                change = start_edit(uow, slug, anew).change
            self._publish(site, change.id)
        if type_name == "needs-analysis":
            self.needs = [*self.needs[-_REMEMBERED:], (slug, "n1")]
        elif type_name == "good-practice":
            self.practices = [*self.practices[-_REMEMBERED:], slug]

    def _publish(self, site: Site, change_id: UUID) -> None:
        with site.work(self.author) as uow:
            sent = submit(uow, change_id, "short")
        with site.work(self.reviewer) as uow:
            publish(uow, change_id, sent.head_id)

    def _title(self) -> str:
        return f"{self.dice.choice(_DOINGS)} {self.dice.choice(_SUBJECTS)} {self.dice.choice(_PLACES)}".capitalize()

    def sentence(self) -> str:
        words = self.dice.choices(_WORDS, k=self.dice.randint(8, 16))
        return " ".join(words).capitalize() + "."

    def text(self) -> str:
        """Two to five paragraphs; some lead to a practice."""
        paragraphs = [" ".join(self.sentence() for _ in range(4)) for _ in range(self.dice.randint(2, 5))]
        if self.practices:
            paragraphs.append(f"See also [[{self.dice.choice(self.practices)}]].")
        return "\n\n".join(paragraphs) + "\n"

    def common(self, title: str) -> dict[str, Any]:
        return {
            "title": title,
            "summary": self.sentence(),
            "sectors": sorted(self.dice.sample(_SECTORS, 2)),
            "organisation": {"name": f"{self.dice.choice(_PLACES).split()[-1].capitalize()} Learning Network"},
            "contact": "through-site",
        }


def _need(seeder: _Seeder, title: str) -> dict[str, Any]:
    question = {"question": seeder.sentence(), "asked_by": "District office", "urgency": "suffers"}
    return {
        **seeder.common(title),
        "purpose": seeder.text(),
        "needs": [question],
        "countries": sorted(seeder.dice.sample(_COUNTRIES, 2)),
        "method": [{"how": "conversation"}],
    }


def _practice(seeder: _Seeder, title: str) -> dict[str, Any]:
    slug, row = seeder.dice.choice(seeder.needs)
    return {
        **seeder.common(title),
        "practice": seeder.text(),
        "conditions": seeder.text(),
        "results": [{"result": seeder.sentence(), "evidence": "own-monitoring"}],
        "countries": sorted(seeder.dice.sample(_COUNTRIES, 2)),
        "maturity": "promising",
        "addresses": [{"page": slug, "row": row, "relation": "partly"}],
    }


def _case(seeder: _Seeder, title: str) -> dict[str, Any]:
    return {
        **seeder.common(title),
        "places": [{"country": seeder.dice.choice(_COUNTRIES)}],
        "when": {"from": "2023", "to": "2025"},
        "outcome": seeder.dice.choice(("worked", "in-part", "did-not-work")),
        "results": [{"result": seeder.sentence(), "evidence": "own-impression"}],
        "lessons": [{"lesson": seeder.sentence(), "kind": "do"}],
        "applies": [{"page": seeder.dice.choice(seeder.practices), "relation": "adapted"}],
    }


_TURNS: tuple[tuple[str, Callable[[_Seeder, str], dict[str, Any]]], ...] = (
    ("needs-analysis", _need),
    ("good-practice", _practice),
    ("case-study", _case),
)


def seed_pages(site: Site, pages: int, seed: int) -> Iterator[int]:
    """Add so many published pages, the same texts for the same seed; gives how many are done.

    Raises Refused where this seed was used on this site before: its addresses are taken.
    """
    with site.work(SYSTEM) as uow:
        author, reviewer = (
            _account(uow, "seed-author", Role.CONTRIBUTOR),
            _account(uow, "seed-reviewer", Role.MODERATOR),
        )
    seeder = _Seeder(random.Random(seed), seed, author, reviewer)
    for number in range(pages):
        seeder.add_page(site, number)
        yield number + 1


def _account(uow: UnitOfWork, name: str, role: Role) -> Actor:
    """An account that nobody can sign in to."""
    user = uow.session.scalar(select(User).where(User.username == name))
    return actor_of(user or add_user(uow, name, None, role))
