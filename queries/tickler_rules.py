"""What do the rules of ticklers say, on a day or in all their versions?"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, Field
from sqlalchemy import Boolean, Date, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import TicklerRuleUnknown
from domain.tickler_rule import Cause, Owner
from projections.ticklers import rule
from queries import visibility
from queries.page import shown_as
from queries.ports import Json, Versioned, example
from queries.sql import amount, combined, listed, read, shown


class CategoryDays(BaseModel):
    """For who buys in this category, or what is of it, so many days instead."""

    category: str
    days: int


class Lapse(BaseModel):
    """Who bought within so many months, but not in the last ones; with `times` not sooner than so many times the
    client's own median interval, of whom three purchases are known."""

    category: Annotated[str | None, Field(description="What she bought; anything, if null.")]
    months: int
    within_months: int
    times: Decimal | None


class Said(BaseModel):
    """What a rule says."""

    cause: Cause
    text: str
    days: Annotated[int, Field(description="When it is due: so many days after its cause, below zero before it.")]
    shown: Annotated[int, Field(description="How many days before it is due it shows.")]
    expires: Annotated[int, Field(description="How many days after it is due it is over by itself.")]
    owner: Owner
    dates: Annotated[list[str], Field(description="Kinds of dates; all if empty.")]
    categories: Annotated[list[str], Field(description="Of goods; all if empty.")]
    types: Annotated[list[str], Field(description="Of goods; all if empty.")]
    event_kinds: Annotated[list[str], Field(description="Of calendar events; all if empty.")]
    minimum: Annotated[Decimal | None, Field(description="The least that a line comes to, in its currency.")]
    currency: str | None
    every_months: int | None
    by_category: list[CategoryDays]
    lapse: Lapse | None
    unless_date: Annotated[str | None, Field(description="Not for who has a date of this kind to come.")]


class RuleVersion(BaseModel):
    """A version of a rule: it holds for causes from a day on until another version begins."""

    rule_id: str
    version: Annotated[int, Field(description="Counted from 1.")]
    since: date
    replaced_on: Annotated[
        date | None, Field(description="From this day on the next version holds; of two that begin on one, the later.")
    ]
    rule: Annotated[Said | None, Field(description="Null where nothing follows from it.")]
    set_at: datetime
    set_by: str


EXAMPLE: Final[Json] = {
    "rule_id": "gift-for-linked",
    "version": 1,
    "since": "2026-04-01",
    "replaced_on": None,
    "rule": {
        "cause": "linked-date",
        "text": "Propose a gift",
        "days": -28,
        "shown": 14,
        "expires": 42,
        "owner": "primary",
        "dates": ["anniversary", "birthday"],
        "categories": [],
        "types": [],
        "event_kinds": [],
        "minimum": None,
        "currency": None,
        "every_months": None,
        "by_category": [{"category": "jewelry", "days": -45}],
        "lapse": None,
        "unless_date": None,
    },
    "set_at": "2026-03-02T14:00:00+00:00",
    "set_by": "head-office-1",
}


class TicklerRules(BaseModel):
    """Versions of rules, by their ids."""

    model_config = example(items=[EXAMPLE])
    items: list[RuleVersion]


class TicklerRule(BaseModel):
    """One rule in all its versions, the latest last."""

    model_config = example(rule_id="gift-for-linked", versions=[EXAMPLE], version=1)
    rule_id: str
    versions: list[RuleVersion]
    version: Annotated[int, Field(description="The version of the rule, as in `ETag`.")]


class Wanted(NamedTuple):
    """The versions in force on a day, by default today, or all there are."""

    on: date | None = None
    all_versions: bool = False


_LAPSE: Final = combined(
    months=rule.c.lapse_months,
    category=rule.c.lapse_category,
    within_months=rule.c.lapse_within_months,
    times=amount(rule.c.lapse_times),
)
_SAID: Final = combined(
    **{name: rule.c[name] for name in ("cause", "text", "days", "shown", "expires", "owner")},
    **{name: rule.c[name] for name in ("dates", "categories", "types", "event_kinds")},
    minimum=amount(rule.c.minimum),
    **{name: rule.c[name] for name in ("currency", "every_months", "by_category", "unless_date")},
    lapse=_LAPSE,
)
_NEXT: Final = func.lead(rule.c.since).over(partition_by=rule.c.key, order_by=rule.c.version)

VERSIONS: Final = select(
    *rule.c["rule_id", "version", "since"], _NEXT.label("replaced_on"), _SAID.label("rule"), *rule.c["set_at", "set_by"]
).subquery("rule_version")
"""Every version of every rule, and the day on which the next one takes its place."""

_ON: Final = bindparam("on", type_=Date)
_IN_FORCE: Final = and_(
    VERSIONS.c.since <= _ON,
    or_(VERSIONS.c.replaced_on.is_(None), VERSIONS.c.replaced_on > _ON),
    VERSIONS.c.rule.is_not(None),
)
_RULES: Final = (
    select(VERSIONS)
    .where(or_(bindparam("all_versions", type_=Boolean), _IN_FORCE))
    .order_by(VERSIONS.c.rule_id, VERSIONS.c.version)
)
_OF_ONE: Final = select(VERSIONS).where(VERSIONS.c.rule_id == bindparam("rule_id")).order_by(VERSIONS.c.version)
_ROW: Final = (
    select(
        VERSIONS.c.rule_id,
        listed(_OF_ONE).label("versions"),
        func.max(VERSIONS.c.version).label("version"),
    )
    .where(VERSIONS.c.rule_id == bindparam("rule_id"))
    .group_by(VERSIONS.c.rule_id)
    .subquery("tickler_rule")
)
_ONE: Final = select(_ROW.c.version, shown(_ROW).label("shown"))


async def tickler_rules(engine: AsyncEngine, caller: Viewer, wanted: Wanted) -> Json:
    """What the rules say, for who may read clients."""
    visibility.parameters(caller)
    found = await read(engine, _RULES, {"on": wanted.on or caller.today, "all_versions": wanted.all_versions})
    return {"items": [shown_as(RuleVersion)(row) for row in found]}


async def tickler_rule(engine: AsyncEngine, caller: Viewer, rule_id: str) -> Versioned:
    """One rule in all its versions; refuses with `TicklerRuleUnknown`."""
    visibility.parameters(caller)
    found = await read(engine, _ONE, {"rule_id": rule_id})
    if not found:
        raise TicklerRuleUnknown("The house has no rule with this id.", "rule_id")
    return Versioned(found[0].version, found[0].shown)
