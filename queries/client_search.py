"""Which client could be meant? Case, accents and one typing error in each part of a name are forgiven.

She is found by any of her names and readings, and by parts of several of them: by her maiden name with her given one.

The index gives candidates among those the caller sees: first those that match exactly, then those that may be one error
away, at most `CANDIDATES` of each. They are compared again and ranked by `queries/matching.py`.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from projections.client_card import card, contact_point
from projections.client_facts import name as other_name
from projections.spelling import exact, national, typed, typed_contact
from queries import visibility
from queries.client_card import Name, Reference
from queries.matching import Candidate, Wanted
from queries.ports import Json, example
from queries.sql import listed, read, texts
from queries.typed import Typed

CANDIDATES: Final = 200
MOST_WORDS: Final = 10


class Search(BaseModel):
    """What is known of her. Everything that is given must match."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"name": "marie dupond"}, {"phone": "06 12 34 56 78"}]},
    )

    name: Annotated[Typed | None, Field(description="Parts of her name in any order; every part must match.")] = None
    phone: Annotated[Typed | None, Field(description="As dialled, with or without the country code.")] = None
    email: Annotated[Typed | None, Field(description="Her whole e-mail address.")] = None
    limit: Annotated[int, Field(strict=True, ge=1, le=CANDIDATES)] = 20

    @model_validator(mode="after")
    def something_to_look_for(self) -> Self:
        wanted = self.wanted()
        if wanted.empty:
            raise PydanticCustomError("search_empty", "A search needs a part of a name, a phone or an email.")
        if len(wanted.words) > MOST_WORDS:
            raise PydanticCustomError("search_long", "A search takes ten parts of a name at most.")
        return self

    def wanted(self) -> Wanted:
        return Wanted.of(self.name, self.phone, self.email)


class Match(BaseModel):
    client_id: UUID
    name: Name | None
    reference: Reference | None
    store_id: str | None
    errors: Annotated[int, Field(description="How many typing errors were forgiven.")]


class Matches(BaseModel):
    """The clients who may be meant: exact matches first, then the most alike."""

    model_config = example(
        items=[
            {
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                "reference": None,
                "store_id": "paris-1",
                "errors": 1,
            }
        ],
        complete=True,
    )
    items: list[Match]
    complete: Annotated[bool, Field(description="False if more may match than are shown: say more about her.")]


async def search(engine: AsyncEngine, caller: Viewer, asked: Search) -> Json:
    """The clients who may be meant, among those the caller sees."""
    values = visibility.parameters(caller)
    wanted = asked.wanted()
    found = await read(engine, _candidates(wanted), {**values, "candidates": CANDIDATES})
    ranked = sorted(
        (
            (rank, row)
            for row in {row.client_id: row for row in found}.values()
            if (rank := wanted.rank(_candidate(row)))
        ),
        key=lambda match: match[0],
    )
    complete = len(found) < CANDIDATES and len(ranked) <= asked.limit
    return {"items": [_match(rank[0], row) for rank, row in ranked[: asked.limit]], "complete": complete}


def _candidate(row: Any) -> Candidate:
    return Candidate(row.client_id, row.family, row.given, row.phones, row.emails, row.others)


def _match(errors: int, row: Any) -> Json:
    return {
        "client_id": row.client_id,
        "name": _unless_unknown(family=row.family, given=row.given, title=row.title),
        "reference": _unless_unknown(source=row.reference_source, number=row.reference_number),
        "store_id": row.store_id,
        "errors": errors,
    }


def _unless_unknown(**parts: str | None) -> Json | None:
    return None if next(iter(parts.values())) is None else parts


def _candidates(wanted: Wanted) -> Executable:
    """Who shares a key with everything wanted; with a name, those who have it exactly before all others."""
    reached: list[ColumnElement[bool]] = []
    if wanted.phone:
        keys = {*typed_contact(wanted.phone), *typed_contact(national(wanted.phone))}
        reached.append(card.c.client_id.in_(_reached_by("phone", sorted(keys))))
    if wanted.email:
        reached.append(card.c.client_id.in_(_reached_by("email", typed_contact(wanted.email))))
    if not wanted.words:
        return _who(wanted, *reached)
    return union_all(
        _who(wanted, *_exactly(wanted, card), *reached),
        _who(wanted, *_by_others(wanted, _exactly), *reached),
        _who(wanted, *_about(wanted, card), *reached),
        _who(wanted, *_by_others(wanted, _about), *reached),
    )


def _exactly(wanted: Wanted, table: Table) -> list[ColumnElement[bool]]:
    """For each word, whether a row's keys hold just it."""
    keys = table.c["keys"]
    return [or_(*(keys.contains(texts(map(exact, reading))) for reading in word)) for word in wanted.words]


def _about(wanted: Wanted, table: Table) -> list[ColumnElement[bool]]:
    """For each word, whether a row's keys may hold it with a typing error."""
    keys = table.c["keys"]
    return [
        or_(*(and_(*(keys.overlap(texts(typed(piece))) for piece in reading)) for reading in word))
        for word in wanted.words
    ]


def _by_others(
    wanted: Wanted, conditions: Callable[[Wanted, Table], list[ColumnElement[bool]]]
) -> list[ColumnElement[bool]]:
    """One of her other names has one of the words at least; each further word may stand in any name of hers."""
    led_by = select(other_name.c.client_id).where(or_(*conditions(wanted, other_name)))
    met: list[ColumnElement[bool]] = [card.c.client_id.in_(led_by)]
    if len(wanted.words) > 1:
        hers = other_name.c.client_id == card.c.client_id
        for main, other in zip(conditions(wanted, card), conditions(wanted, other_name), strict=True):
            met.append(or_(main, select(1).where(hers, other).correlate(card).exists()))
    return met


def _who(wanted: Wanted, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            *card.c["client_id", "family", "given", "title", "reference_source", "reference_number", "store_id"],
            _values("phone", asked=bool(wanted.phone)).label("phones"),
            _values("email", asked=bool(wanted.email)).label("emails"),
            _OTHERS.label("others"),
        )
        .where(visibility.file(), *conditions)
        .limit(bindparam("candidates"))
    )


_OTHERS: Final = listed(
    select(*other_name.c["family", "given", "reading"])
    .where(other_name.c.client_id == card.c.client_id)
    .correlate(card)
)


def _reached_by(kind: str, keys: list[str]) -> Select[Any]:
    point = contact_point.c
    return select(point.client_id).where(point.kind == kind, point["keys"].overlap(texts(keys)))


def _values(kind: str, *, asked: bool) -> ColumnElement[Any]:
    """What she is reached by, to be compared; nothing if it is not asked for."""
    if not asked:
        return array([], type_=Text)
    point = contact_point.c
    return func.array(
        select(point.value).where(point.client_id == card.c.client_id, point.kind == kind).scalar_subquery()
    )
