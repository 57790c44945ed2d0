"""Who could be the same person? Hints for somebody who is about to be entered, and over a whole book, with reasons.

Only registered clients are compared, the dead among them: their files may be doubles too. Nobody the caller does not
see is hinted at. What counts for how much: `queries/resemblance.py`.
"""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.associate import stream_id
from domain.refusals import AssociateUnknown
from projections.client_card import card
from queries import visibility
from queries.book import SERVED
from queries.candidates import CANDIDATES, Compared, candidates, comparable, compared
from queries.client_card import Name
from queries.entered import Entered
from queries.ports import Json, example
from queries.resemblance import POSSIBLE, Alike, Likeness, alike, likely, points, resembling
from queries.sql import read
from queries.workplace import KNOWN_ASSOCIATE, WHO

LARGEST_BOOK: Final = 5_000
"""Of how many clients of one book the pairs are looked for over HTTP; `carnet duplicates` knows no such limit."""


class Ground(BaseModel):
    """Something that is alike or, with points below zero, differs."""

    reason: Likeness
    points: float


class Double(BaseModel):
    """A client, as far as a hint shows her."""

    client_id: UUID
    name: Name | None
    store_id: str | None
    died: bool


class _Weighed(BaseModel):
    points: Annotated[float, Field(description="The sum of the reasons' points.")]
    resemblance: Annotated[Literal["likely", "possible"], Field(description="How sure it is that they are the same.")]
    reasons: Annotated[list[Ground], Field(description="What speaks for it, and what against it, weightiest first.")]


class Hint(Double, _Weighed):
    pass


class Pair(_Weighed):
    clients: Annotated[list[Double], Field(min_length=2, max_length=2)]


_DOUBLE: Final[Json] = {
    "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
    "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
    "store_id": "paris-1",
    "died": False,
}
_WEIGHED: Final[Json] = {
    "points": 10.0,
    "resemblance": "likely",
    "reasons": [{"reason": "email", "points": 8.0}, {"reason": "name", "points": 2.0}],
}


class Hints(BaseModel):
    """The clients who could be the one about to be entered, strongest first."""

    model_config = example(items=[{**_DOUBLE, **_WEIGHED}], complete=True)
    items: list[Hint]
    complete: Annotated[bool, Field(description="False if there may be more than are shown: enter more about her.")]


class Pairs(BaseModel):
    """Pairs of clients who could be the same person, strongest first."""

    model_config = example(
        items=[
            {**_WEIGHED, "clients": [_DOUBLE, {**_DOUBLE, "client_id": "7d3c2b1a-0f9e-4d8c-b7a6-95847362514f"}]},
        ],
        complete=True,
    )
    items: list[Pair]
    complete: Annotated[bool, Field(description="False if there are more pairs, or clients that were not compared.")]


async def duplicates_of(engine: AsyncEngine, caller: Viewer, entered: Entered) -> Json:
    """The clients who could be the one about to be entered, among those the caller sees.

    To be asked before she is registered. Registration does not ask by itself: a command never reads a read model.
    """
    values = visibility.parameters(caller)
    someone = entered.person()
    rows = await read(engine, candidates(someone), {**values, "candidates": CANDIDATES})

    def weighed() -> list[tuple[Compared, list[Alike]]]:
        found = ((each, alike(someone, each.person)) for each in comparable(rows))
        hints = [(each, reasons) for each, reasons in found if points(reasons) >= POSSIBLE]
        return sorted(hints, key=lambda hint: (-points(hint[1]), hint[0].person.id))

    hints = await to_thread(weighed)
    return {
        "items": [{**double(each.row), **_weighed(reasons)} for each, reasons in hints[: entered.limit]],
        "complete": len(hints) <= entered.limit and not any(row.more for row in rows),
    }


_BOOK: Final = (
    select(card.c.client_id)
    .where(card.c.client_id.in_(SERVED), visibility.file())
    .order_by(card.c.client_id)
    .limit(bindparam("fetch"))
    .cte("chosen")
)
_IN_BOOK: Final = compared(_BOOK).subquery("hers")
_OF_BOOK: Final = select(_IN_BOOK).select_from(WHO.outerjoin(_IN_BOOK, true())).where(KNOWN_ASSOCIATE)


async def duplicates_in_book(engine: AsyncEngine, caller: Viewer, associate_id: str, limit: int) -> Json:
    """Pairs of clients whom an associate serves today; refuses with `AssociateUnknown`, also for who may not see the
    book."""
    values = {**visibility.parameters(caller), "key": stream_id(associate_id), "associate_id": associate_id}
    rows = await read(engine, _OF_BOOK, {**values, "on": caller.today, "fetch": LARGEST_BOOK + 1})
    if not rows:
        raise AssociateUnknown("There is no associate with this id.", "associate_id")
    hers = sorted((row for row in rows if row.client_id is not None), key=lambda row: row.client_id)
    shown, found = await to_thread(strongest, hers[:LARGEST_BOOK], limit)
    return {"items": shown, "complete": found <= limit and len(hers) <= LARGEST_BOOK}


EVERYBODY: Final = compared(select(card.c.client_id).where(card.c.is_client).cte("chosen"))
"""All clients of the house with what they are compared by; for `strongest`."""


def strongest(
    rows: Sequence[Any],
    limit: int | None = None,
    least: float = POSSIBLE,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[list[Json], int]:
    """Of all clients the `limit` pairs that are most alike, strongest first, and how many pairs there are with `least`
    points; `told` hears how many of how many clients have been compared."""
    everybody = {each.person.id: each for each in comparable(rows)}
    found = 0

    def pairs() -> Iterable[tuple[float, UUID, UUID]]:
        nonlocal found
        for total, one, other in resembling([each.person for each in everybody.values()], least, told):
            found += 1
            yield -total, min(one.id, other.id), max(one.id, other.id)

    def shown(one: Compared, other: Compared) -> Json:
        return {**_weighed(alike(one.person, other.person)), "clients": [double(one.row), double(other.row)]}

    best = sorted(pairs()) if limit is None else nsmallest(limit, pairs())
    return [shown(everybody[one], everybody[other]) for _, one, other in best], found


def double(row: Any) -> Json:
    named = row.family is not None
    return {
        "client_id": row.client_id,
        "name": {"family": row.family, "given": row.given, "title": row.title} if named else None,
        "store_id": row.store_id,
        "died": row.died,
    }


def _weighed(reasons: Sequence[Alike]) -> Json:
    total = points(reasons)
    weightiest_first = sorted(reasons, key=lambda each: (-abs(each.points), each.reason))
    return {
        "points": total,
        "resemblance": "likely" if likely(total) else "possible",
        "reasons": [{"reason": each.reason.value, "points": round(each.points, 1)} for each in weightiest_first],
    }
