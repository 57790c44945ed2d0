"""How long it takes to find the duplicates of a house, and of one entry, beside a house of a tenth as many clients.

Clients are made up, one in twenty a duplicate of another one with an error or two, and written into the read models by
COPY.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg

from bench.measure import Figure, compared, in_turn, tell
from domain.access import HOUSE_POLICY, Role, Viewer
from infra.duplicates import everybody
from infra.sql.engine import read_engine
from infra.sql.read_models import migrate
from infra.work import work_in_batches
from projections.client_card import address, card, contact_point
from projections.client_facts import date
from projections.registry import PROJECTIONS
from projections.spelling import address_keys, email_keys, full_name_keys, phone_keys
from queries.duplicates import duplicates_of, strongest
from queries.entered import Entered

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ASKED = 200
ROUNDS = 3
LARGE, SMALL = 50_000, 5_000
SYLLABLES = (
    "ma ri an ne lou is cla ra du pont le clerc mo reau ber nard gar nier fa bre ro lan zo e vi tal ka to".split()
)

Person = dict[str, Any]


def house(clients: int) -> Iterator[Person]:
    chance = random.Random(7)
    given = sorted({_word(chance, 2) for _ in range(900)})
    family = sorted({_word(chance, 3) for _ in range(9000)})
    before: Person = {}
    for number in range(clients):
        if number % 20 == 19:
            before = _again(chance, before)
        else:
            # A few names are everywhere, most are rare.
            first = given[int(len(given) * chance.random() ** 3)]
            last = family[int(len(family) * chance.random() ** 2)]
            before = {
                "given": first,
                "family": last,
                "born": (1930 + chance.randrange(75), 1 + chance.randrange(12), 1 + chance.randrange(28)),
                "email": f"{first}.{last}{number % 97}@example.com".lower(),
                "phone": f"+336{chance.randrange(10**8):08}",
                "lines": [f"{1 + chance.randrange(200)} rue {_word(chance, 3)}"],
                "postal_code": f"75{chance.randrange(400):03}",
            }
        yield before


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choices(SYLLABLES, k=syllables)).capitalize()


def _again(chance: random.Random, person: Person) -> Person:
    """The same person, entered by somebody in a hurry."""
    which = chance.choice(["given", "family"])
    name, at = person[which], chance.randrange(1, len(person[which]))
    again = {**person, which: name[:at] + chance.choice("aeiou") + name[at + 1 :]}
    for forgotten in chance.sample(["born", "email", "phone", "lines"], 2):
        again[forgotten] = None
    return again


def fill(url: str, clients: int) -> list[Person]:
    people = list(house(clients))
    columns = ("is_client", "family", "given", "died", "erased", "store_id", "stream_version", "client_id", "keys")
    with psycopg.connect(url) as connection:
        _copy(connection, card, columns, (
            (True, p["family"], p["given"], False, False, "paris-1", 1, UUID(int=n),
             full_name_keys(p["family"], p["given"]))
            for n, p in enumerate(people)
        ))  # fmt: skip
        points = [(n, kind, p[kind]) for n, p in enumerate(people) for kind in ("email", "phone") if p[kind]]
        _copy(connection, contact_point, ("client_id", "contact_point_id", "kind", "value", "added_at", "keys"), (
            (UUID(int=n), UUID(int=at), kind, value, NOW, (email_keys if kind == "email" else phone_keys)(value))
            for at, (n, kind, value) in enumerate(points)
        ))  # fmt: skip
        _copy(connection, date, ("client_id", "date_id", "kind", "year", "month", "day", "added_at"), (
            (UUID(int=n), UUID(int=n), "birthday", *p["born"], NOW) for n, p in enumerate(people) if p["born"]
        ))  # fmt: skip
        where = ("client_id", "address_id", "type", "lines", "postal_code", "city", "country", "added_at", "keys")
        _copy(connection, address, where, (
            (UUID(int=n), UUID(int=n), "home", p["lines"], p["postal_code"], "Paris", "FR", NOW,
             address_keys(p["lines"], p["postal_code"], "Paris"))
            for n, p in enumerate(people) if p["lines"]
        ))  # fmt: skip
        connection.commit()
        connection.execute("ANALYZE")
    return people


def _copy(connection: psycopg.Connection[Any], table: Any, columns: tuple[str, ...], rows: Any) -> None:
    with connection.cursor().copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def entry(person: Person) -> Entered:
    born = person["born"]
    return Entered.model_validate(
        {
            "names": [{"family": person["family"], "given": person["given"]}],
            "birthday": born and dict(zip(("year", "month", "day"), born, strict=True)),
            "emails": [each for each in (person["email"],) if each],
            "phones": [{"value": each} for each in (person["phone"],) if each],
            "addresses": [{"lines": person["lines"], "postal_code": person["postal_code"]}] if person["lines"] else [],
        }
    )


async def ask(url: str, people: list[Person]) -> list[float]:
    """How long each of some entries takes, in microseconds, once every shape of the question has been asked."""
    who = Viewer("bench", Role.ASSOCIATE, policy=HOUSE_POLICY, now=NOW)
    engine = read_engine(url, 1)
    taken = []
    for person in random.Random(1).sample(people, ASKED) * 2:
        began = perf_counter()
        await duplicates_of(engine, who, entry(person))
        taken.append((perf_counter() - began) * 1e6)
    await engine.dispose()
    return taken[ASKED:]


def doubles(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    houses = {clients: _House.of(new_database(), clients) for clients in (LARGE, SMALL)}
    pairs = in_turn("duplicates, the house", ROUNDS, *(house.compared for house in houses.values()))
    what, beside = f"every pair of {LARGE:,} clients", f"of {SMALL:,}"
    yield compared("duplicates", what, beside, "clients per second", "", pairs)
    pairs = in_turn("duplicates, one entry", ROUNDS, *(house.asked for house in houses.values()))
    what = f"of one about to be entered, p95 at {LARGE:,} clients"
    yield compared("duplicates", what, f"the same at {SMALL:,}", "microseconds", "<= 2", pairs)


@dataclass(frozen=True, slots=True)
class _House:
    url: str
    people: list[Person]

    @classmethod
    def of(cls, url: str, clients: int) -> "_House":
        tell(f"duplicates: {clients:,} clients")
        migrate(url, PROJECTIONS)
        return cls(url, fill(url, clients))

    def compared(self) -> float:
        """Clients per second, read and compared with all others."""
        start = perf_counter()
        with work_in_batches():
            _, found = strongest(everybody(self.url), 1000)
        assert found >= len(self.people) // 40, "at least half of those who were planted"
        return len(self.people) / (perf_counter() - start)

    def asked(self) -> float:
        """p95, in microseconds."""
        return quantiles(asyncio.run(ask(self.url, self.people)), n=100)[94]
