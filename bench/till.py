"""The till's question over HTTP: for whom and for what could she be buying, and what did she give them before?

Asked about clients with thirty linked people and twenty years of presents, beside clients with as many people and one
year. How it grows with the number of clients is measured with the profile.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final
from uuid import UUID

from bench.measure import Figure, compared, tell
from bench.opened import fill, opened
from bench.querying import Asking, served
from domain.access import Caller, Role
from domain.client.events import ClientRegistered, DateAdded, PersonNoted
from domain.client.facts import DateKind, Name
from domain.days import CalendarDay
from domain.gift_policy import HOUSE_GIFTS
from domain.link import LinkBegun, link_id
from domain.occasion import Source
from domain.relation import HOUSE, tie
from domain.sale import gift_code, gifts
from domain.sale.events import SaleRecorded
from domain.sale.facts import GiftOccasion, Line, SaleReference, Seller
from domain.sale.gifts import Gift
from domain.sale.recording import sale_id
from domain.sale.state import after
from domain.values import named_id
from infra.wiring import request

LONG, SHORT = 20, 1
CLIENTS: Final = 20
LINKED: Final = 30
A_YEAR: Final = 12
ASKED: Final = 600
ROUNDS: Final = 5
TODAY: Final = date(2026, 10, 20)

Streams = Iterator[tuple[UUID, tuple[object, ...]]]


def till(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    with opened(new_database, home) as house:
        everybody = {years: [named_id(_BENCH, str(years), str(n)) for n in range(CLIENTS)] for years in (LONG, SHORT)}
        for years, clients in everybody.items():
            for client in clients:
                fill(house, _life(client, years), request(Caller("feed:bench", Role.ASSOCIATE)))
        with house.projector(batch=2000) as runner:
            while runner.step():
                pass
        pairs = []
        with served(house) as asking:
            for each in range(ROUNDS + 1):
                tell(f"till: round {each} of {ROUNDS}")
                pair = _p95(asking, everybody[LONG]), _p95(asking, everybody[SHORT])
                if each:
                    pairs.append(pair)
        what = f"p95, {LINKED} people and {LONG} years"
        yield compared("till", what, f"the same people and {SHORT} year", "microseconds", "", pairs)


_BENCH: Final = UUID("5f0a4b0e-7b5e-5c0a-9d58-5b7f6a1d2c3e")


def _life(client: UUID, years: int) -> Streams:
    """A client, her people, and what she gave them year after year, somebody every month."""
    yield client, (ClientRegistered(client, "paris-1", Name("Bench", "Ann"), None),)
    people = [named_id(client, str(number)) for number in range(LINKED)]
    kind = tie(HOUSE, "daughter", "mother")
    for number, person in enumerate(people):
        day = CalendarDay(number % 12 + 1, number % 28 + 1, 1970 + number)
        yield (
            person,
            (
                PersonNoted(person, client, "paris-1", Name("Bench", f"Child {number}")),
                DateAdded(person, named_id(person, "birthday"), DateKind.BIRTHDAY, None, day, yearly=True),
            ),
        )
        id = link_id(client, person, kind.kind.code)
        begun = LinkBegun(
            id, 1, kind.kind.code, kind.kind.circle, client, kind.client_is, person, kind.other_is, date(2000, 1, 1)
        )
        yield id, (begun,)
    for number in range(years * A_YEAR):
        yield _present(client, people[number % LINKED], number)


def _present(client: UUID, recipient: UUID, number: int) -> tuple[UUID, tuple[object, ...]]:
    day = TODAY - timedelta(30 * (number + 1))
    reference = SaleReference("bench", f"{client}/{number}")
    id, price = sale_id(reference), Decimal("250.00")
    line = Line(1, f"R-{number}", "Bracelet", 1, price, price, True, "Ours", "jewellery", "bracelet", (Seller("a-1"),))
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    sold = SaleRecorded(id, reference, "paris-1", at, "EUR", client, (line,))
    gift = Gift(recipient, GiftOccasion(Source.OWN, "birthday", day + timedelta(14)))
    code = gift_code.receipt_code(named_id(id, "code"))
    return id, (sold, *gifts.mark(after([sold]), named_id(id, "mark"), 1, gift, code, HOUSE_GIFTS))


def _p95(asking: Asking, clients: list[UUID]) -> float:
    asking.connection.close()  # the server lets go of one that was idle meanwhile
    times = []
    for number in range(ASKED):
        start = perf_counter()
        asking.get(f"/clients/{clients[number % CLIENTS]}/gift-occasions?on={TODAY}")
        times.append((perf_counter() - start) * 1e6)
    return quantiles(times, n=100)[94]
