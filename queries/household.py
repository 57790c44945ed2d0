"""A client and those linked to her, with what their occasions follow from.

One statement finds them; which occasions there are is the domain's to say (`domain/occasion.py`). Of somebody linked
nothing shows but her name, what she is to the client, her occasions, and where something can be sent to her.
"""

from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain import occasion
from domain.access import Viewer
from domain.client.facts import DateKind, TraitKind
from domain.days import CalendarDay, holds
from domain.occasion import Linked, Person, Remembered
from domain.refusals import ClientUnknown
from domain.relation import Circle
from projections.client_card import address, card
from projections.client_facts import date as life_date
from projections.client_facts import trait
from projections.family import anniversary, salutation, side
from queries import visibility
from queries.client_card import name_of
from queries.ports import Json
from queries.sql import listed, read

A_YEAR: Final = timedelta(days=366)

# ------------------------------------------------------------------------------------------------------- the statement

_other: Final = card.alias("other")

# By what she says of herself a feast of faith or culture is kept with her, or is not (`domain/feasts.py`).
_SAYS: Final = (TraitKind.TAG.value, TraitKind.LIKE.value, TraitKind.INTEREST.value, TraitKind.DISLIKE.value)


def _facts(of: Any) -> ColumnElement[Any]:
    """What a person's occasions follow from, and where she can be reached."""
    dates = select(*life_date.c["kind", "label", "month", "day", "year", "yearly"])
    traits = select(*trait.c["kind", "value"]).where(trait.c.kind.in_(_SAYS))
    addresses = select(*address.c["address_id", "type", "city", "country", "since", "until"])
    return func.json_build_object(
        "name",
        name_of(of),
        "died",
        of.c.died,
        "dates",
        listed(dates.where(life_date.c.client_id == of.c.client_id).correlate(of)),
        "traits",
        listed(traits.where(trait.c.client_id == of.c.client_id).correlate(of)),
        "addresses",
        listed(
            addresses.where(address.c.client_id == of.c.client_id)
            .order_by(address.c.added_at, address.c.address_id)
            .correlate(of)
        ),
    )


_KEPT: Final = (
    select(*anniversary.c["kind", "month", "day", "year"])
    .where(
        anniversary.c.link_id == side.c.link_id,
        anniversary.c.term == side.c.term,
        anniversary.c.person_id == side.c.person_id,
    )
    .correlate(side)
)
_COUPLE: Final = (
    select(salutation.c.salutation)
    .where(salutation.c.link_id == side.c.link_id, salutation.c.term == side.c.term)
    .correlate(side)
    .scalar_subquery()
)
_LINKED: Final = (
    select(
        *side.c["link_id", "term", "other_id", "circle", "relation", "reverse"],
        *side.c["since", "until", "reason", "begun_at", "ended_at"],
        _other.c.is_client.label("is_client"),
        visibility.client(_other.c.client_id).label("visible"),
        _facts(_other).label("person"),
        listed(_KEPT).label("anniversaries"),
        _COUPLE.label("salutation"),
    )
    .join_from(side, _other, _other.c.client_id == side.c.other_id)
    .where(side.c.person_id == card.c.client_id)
    .order_by(side.c.begun_at, side.c.link_id, side.c.term)
    .correlate(card)
)

COLUMNS: Final = (
    card.c.client_id,
    card.c.salutation,
    _facts(card).label("person"),
    listed(_LINKED).label("linked"),
)
"""What a `Household` is made of, beside the client's row of `card`: columns for any statement about her."""

_FAMILY: Final[Select[Any]] = select(*COLUMNS).where(visibility.HER_FILE)


# --------------------------------------------------------------------------------------------------------- the answers


class Household(NamedTuple):
    """A client and those linked to her, as `COLUMNS` found them, looked at on a day."""

    client_id: UUID
    salutation: str | None
    person: Json
    linked: list[Json]
    on: date

    @property
    def herself(self) -> Person:
        """What her own occasions follow from."""
        return _person(self.person, self.on)

    def others(self) -> list[tuple[Json, Linked]]:
        """Everybody who is, was or will be linked to her, as found, and what the occasions of each follow from."""
        return [(each, _linked(each, self.on)) for each in self.linked]

    def family(self, *, all_terms: bool = False) -> Json:
        """The answer to who is linked to her on the day; with `all_terms` also who was or will be."""
        items = [self._relative(each) for each in self.linked if all_terms or _in_force(each, self.on)]
        return {"client_id": self.client_id, "on": self.on, "salutation": self._salutation(), "items": items}

    def occasions(self, first: date, last: date) -> Json:
        """The answer to which days there are to think of, hers and of those linked to her."""
        herself = {"client_id": self.client_id, "link_id": None, "person": self.person["name"], "relation": None}
        me = self.herself
        items = [{**each._asdict(), **herself} for each in occasion.own(me, first, last)]
        unknown: set[str] = set()
        for other, linked in self.others():
            who = who_is(other)
            items += [{**each._asdict(), **who} for each in occasion.with_linked(me, linked, first, last)]
            unknown |= occasion.unknown_feasts(me, linked, first, last)
        items.sort(key=lambda each: (each["day"], each["source"], each["name"], str(each["client_id"])))
        return {"from": first, "to": last, "items": items, "unknown_feasts": sorted(unknown)}

    def _relative(self, other: Json) -> Json:
        me, linked = self.herself, _linked(other, self.on)
        year_on = self.on + A_YEAR
        in_force, died = _in_force(other, self.on), other["person"]["died"]
        next_ones = occasion.next_of_each(occasion.with_linked(me, linked, self.on, year_on))
        addresses = other["person"]["addresses"] if in_force and not died else []
        return {
            "link_id": other["link_id"],
            "term": other["term"],
            "client_id": other["other_id"],
            "name": other["person"]["name"],
            "relation": other["relation"],
            "reverse": other["reverse"],
            "circle": other["circle"],
            "since": other["since"],
            "until": other["until"],
            "in_force": in_force,
            "reason": other["reason"],
            "begun_at": other["begun_at"],
            "ended_at": other["ended_at"],
            "died": died,
            "sees_file": bool(other["is_client"] and other["visible"]),
            "occasions": [each._asdict() for each in next_ones],
            "unknown_feasts": sorted(occasion.unknown_feasts(me, linked, self.on, year_on)) if in_force else [],
            "addresses": [
                {name: each[name] for name in ("address_id", "type", "city")}
                for each in addresses
                if _in_force(each, self.on)
            ],
        }

    def _salutation(self) -> str | None:
        """The couple's while the link holds and both live; a widow's card names her alone, and a dead one's is none."""
        if self.person["died"]:
            return None
        couples = (
            each["salutation"]
            for each in self.linked
            if each["salutation"] and _in_force(each, self.on) and not each["person"]["died"]
        )
        return next(couples, self.salutation)


async def household(engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date) -> Household:
    """A client as she and hers are on a day; refuses with `ClientUnknown`."""
    found = await read(engine, _FAMILY, {**visibility.parameters(caller), "client_id": client_id})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    row = found[0]
    return Household(row.client_id, row.salutation, row.person, row.linked, on)


def who_is(other: Json) -> Json:
    """Who somebody linked to her is, as answers say it beside an occasion."""
    names = {"client_id": "other_id", "link_id": "link_id", "relation": "relation"}
    return {"person": other["person"]["name"], **{name: other[found] for name, found in names.items()}}


def _person(facts: Json, on: date) -> Person:
    """What the domain asks of a person. She lives at her home, else at whichever address is in force."""
    there = [each for each in facts["addresses"] if _in_force(each, on)]
    home = sorted(there, key=lambda each: each["type"] != "home")
    says = [(each["kind"] == TraitKind.DISLIKE.value, each["value"]) for each in facts["traits"]]
    labels = [(False, each["label"]) for each in facts["dates"] if each["label"]]
    return Person(
        tuple(_remembered(each) for each in facts["dates"]),
        home[0]["country"] if home else None,
        frozenset(value for avoided, value in (*says, *labels) if not avoided),
        frozenset(value for avoided, value in says if avoided),
        facts["died"],
    )


def _linked(other: Json, on: date) -> Linked:
    return Linked(
        _person(other["person"], on),
        other["relation"],
        Circle(other["circle"]),
        _day(other["since"]),
        _day(other["until"]),
        tuple(_remembered({**each, "label": None, "yearly": True}) for each in other["anniversaries"]),
    )


def _remembered(row: Json) -> Remembered:
    name = row["label"] if row["kind"] == DateKind.OTHER.value and row["label"] else row["kind"]
    return Remembered(name, CalendarDay(row["month"], row["day"], row["year"]), row["yearly"])


def _in_force(row: Json, on: date) -> bool:
    return holds(_day(row["since"]), _day(row["until"]), on)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
