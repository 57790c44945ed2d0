"""Who serves a client: several associates at once, for everything or for some categories, one of them the primary.

All affiliations of a client are one stream. Each holds from a day to a day, both inclusive, either unknown, in the past
or the future. What was said wrongly is corrected by a later event, never edited.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from domain.days import holds, overlaps
from domain.refusals import AffiliationInvalid, AffiliationOverlaps, AffiliationUnknown, NotServing, PrimaryTaken
from domain.values import named_id

# ---------------------------------------------------------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class Scope:
    """What an affiliation is for: the merchandise categories in `only`, or everything but those in `but`."""

    only: tuple[str, ...] | None = None
    but: tuple[str, ...] = ()

    def covers(self, category: str | None) -> bool:
        """Whether it is for this category; None stands for the client as such, whatever she buys."""
        return category not in self.but if self.only is None else category in self.only

    def part(self, categories: Iterable[str] | None) -> "Scope | None":
        """What of it lies in these categories, or all of it; None if nothing does."""
        if categories is None:
            return self
        only = tuple(sorted(category for category in set(categories) if self.covers(category)))
        return Scope(only) if only else None

    def without(self, categories: Iterable[str] | None) -> "Scope | None":
        """What of it lies outside these categories; None if nothing does."""
        if categories is None:
            return None
        if self.only is None:
            return Scope(None, tuple(sorted({*self.but, *categories})))
        only = tuple(sorted({*self.only} - {*categories}))
        return Scope(only) if only else None

    def meets(self, other: "Scope") -> bool:
        """Whether there is anything that both are for."""
        if self.only is None:
            return other.only is None or any(self.covers(category) for category in other.only)
        return any(other.covers(category) for category in self.only)


EVERYTHING: Final = Scope()

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class AffiliationBegun:
    """An associate serves the client, at `store_id`. `covers` is the associate she stands in for while it lasts."""

    client_id: UUID
    affiliation_id: UUID
    associate_id: str
    store_id: str | None
    scope: Scope
    since: date | None
    until: date | None
    covers: str | None = None
    reassignment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AffiliationEnded:
    """`until` is its last day, as it is known now."""

    client_id: UUID
    affiliation_id: UUID
    associate_id: str
    store_id: str | None
    until: date
    reassignment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AffiliationCorrected:
    """It is, and always was, as said here; the associate and whom she stands in for stay."""

    client_id: UUID
    affiliation_id: UUID
    associate_id: str
    store_id: str | None
    scope: Scope
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class AffiliationWithdrawn:
    """It holds on no day: it was recorded by mistake, or handed over before it began."""

    client_id: UUID
    affiliation_id: UUID
    associate_id: str
    store_id: str | None
    reassignment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PrimaryNamed:
    """On these days this associate is the primary one, or nobody; of two that name a day the later one counts."""

    client_id: UUID
    associate_id: str | None
    since: date | None
    until: date | None
    reassignment_id: UUID | None = None


Event: TypeAlias = AffiliationBegun | AffiliationEnded | AffiliationCorrected | AffiliationWithdrawn | PrimaryNamed

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Affiliation:
    id: UUID
    associate_id: str
    store_id: str | None
    scope: Scope
    since: date | None
    until: date | None
    covers: str | None


@dataclass(frozen=True, slots=True)
class Affiliations:
    """`primary` as it was named, the last last."""

    by_id: dict[UUID, Affiliation] = field(default_factory=dict)
    withdrawn: frozenset[UUID] = frozenset()
    primary: tuple[PrimaryNamed, ...] = ()
    reassigned: frozenset[UUID] = frozenset()


def evolve(was: Affiliations, event: Event) -> Affiliations:
    match event:
        case AffiliationBegun(affiliation_id=id):
            begun = Affiliation(
                id, event.associate_id, event.store_id, event.scope, event.since, event.until, event.covers
            )
            now = replace(was, by_id={**was.by_id, id: begun})
        case AffiliationEnded(affiliation_id=id, until=until):
            now = _with(was, id, until=until)
        case AffiliationCorrected(affiliation_id=id, store_id=store_id, scope=scope, since=since, until=until):
            return _with(was, id, store_id=store_id, scope=scope, since=since, until=until)
        case AffiliationWithdrawn(affiliation_id=id):
            left = {key: known for key, known in was.by_id.items() if key != id}
            now = replace(was, by_id=left, withdrawn=was.withdrawn | {id})
        case PrimaryNamed():
            now = replace(was, primary=(*was.primary, event))
    return now if event.reassignment_id is None else replace(now, reassigned=now.reassigned | {event.reassignment_id})


def _with(was: Affiliations, id: UUID, **terms: object) -> Affiliations:
    if id not in was.by_id:
        return was
    return replace(was, by_id={**was.by_id, id: replace(was.by_id[id], **terms)})  # type: ignore[arg-type]


def after(events: Iterable[object]) -> Affiliations:
    """The affiliations these events are about; what an id of another noun leads to is nobody's."""
    now = Affiliations()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def in_force(now: Affiliations, on: date) -> list[Affiliation]:
    """The affiliations that hold on this day; the same as `in_force` of `queries/affiliation.py`."""
    return [each for each in now.by_id.values() if holds(each.since, each.until, on)]


def serving(now: Affiliations, on: date, category: str | None = None) -> list[str]:
    """Who serves the client for this category on this day; without a category, for whatever she buys."""
    return sorted({each.associate_id for each in in_force(now, on) if each.scope.covers(category)})


def primary(now: Affiliations, on: date) -> str | None:
    """Who is her primary associate on this day: whoever was named last for it, as long as she serves the client."""
    named = _named(now, on)
    return named if any(each.associate_id == named for each in in_force(now, on)) else None


def _named(now: Affiliations, on: date) -> str | None:
    return next((each.associate_id for each in reversed(now.primary) if holds(each.since, each.until, on)), None)


# ------------------------------------------------------------------------------------------------------------ decisions

AFFILIATIONS: Final = UUID("e1a7c5d9-2b3f-5c84-a6d0-8f9e0b1c2d34")


def stream_id(client_id: UUID) -> UUID:
    return named_id(AFFILIATIONS, str(client_id))


def begin(now: Affiliations, event: AffiliationBegun) -> list[Event]:
    _require_days(event.since, event.until)
    if event.scope.only == ():
        raise AffiliationInvalid("An affiliation is for something.", "categories")
    if known_as(now, event):
        return []
    for each in now.by_id.values():
        same_days = overlaps(each.since, each.until, event.since, event.until)
        if each.associate_id == event.associate_id and same_days and each.scope.meets(event.scope):
            raise AffiliationOverlaps("She serves the client at that time already.", "since")
    return [event]


def known_as(now: Affiliations, begun: AffiliationBegun) -> UUID | None:
    """The id under which just this affiliation is known already."""
    wanted = Affiliation(
        begun.affiliation_id, begun.associate_id, begun.store_id, begun.scope, begun.since, begun.until, begun.covers
    )
    return next((id for id, each in now.by_id.items() if replace(each, id=begun.affiliation_id) == wanted), None)


def end(now: Affiliations, client_id: UUID, affiliation_id: UUID, until: date) -> list[Event]:
    """Said again with another day, that is the day from then on."""
    each = require_affiliation(now, affiliation_id)
    _require_days(each.since, until)
    if each.until == until:
        return []
    return [AffiliationEnded(client_id, each.id, each.associate_id, each.store_id, until)]


def correct(now: Affiliations, event: AffiliationCorrected) -> list[Event]:
    each = require_affiliation(now, event.affiliation_id)
    _require_days(event.since, event.until)
    if event.scope.only == ():
        raise AffiliationInvalid("An affiliation is for something.", "categories")
    if (each.store_id, each.scope, each.since, each.until) == (event.store_id, event.scope, event.since, event.until):
        return []
    return [event]


def withdraw(now: Affiliations, client_id: UUID, affiliation_id: UUID) -> list[Event]:
    if affiliation_id in now.withdrawn:
        return []
    each = require_affiliation(now, affiliation_id)
    return [AffiliationWithdrawn(client_id, each.id, each.associate_id, each.store_id)]


def name_primary(now: Affiliations, event: PrimaryNamed, *, replacing: bool) -> list[Event]:
    """Without `replacing`, only where nobody else is the primary associate on any of the days."""
    _require_days(event.since, event.until)
    turns = turning_days(now, event.since, event.until)
    if now == Affiliations() and event.associate_id is None:
        raise NotServing("Nobody serves the client yet.", "associate_id")
    if all(_named(now, day) == event.associate_id for day in turns):
        return []
    if event.associate_id is not None and not any(
        each.associate_id == event.associate_id and overlaps(each.since, each.until, event.since, event.until)
        for each in now.by_id.values()
    ):
        raise NotServing("Only who serves the client can be her primary associate.", "associate_id")
    if not replacing and any(primary(now, day) not in (None, event.associate_id) for day in turns):
        raise PrimaryTaken("She has another primary associate at that time; a manager may change it.", "associate_id")
    return [event]


def turning_days(now: Affiliations, since: date | None, until: date | None) -> list[date]:
    """The days from `since` to `until` on which anything may change: between two of them every day is alike."""
    first = since or date.min
    terms = [(each.since, each.until) for each in now.by_id.values()]
    terms += [(each.since, each.until) for each in now.primary]
    begun = {since for since, _ in terms if since}
    ended = {until for _, until in terms if until and until < date.max}
    days = begun | {day + timedelta(1) for day in ended}
    return sorted({first} | {day for day in days if first < day and (until is None or day <= until)})


def require_affiliation(now: Affiliations, affiliation_id: UUID) -> Affiliation:
    """Refuses with `AffiliationUnknown` unless the client has an affiliation with this id."""
    if affiliation_id not in now.by_id:
        raise AffiliationUnknown("The client has no affiliation with this id.", "affiliation_id")
    return now.by_id[affiliation_id]


def _require_days(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise AffiliationInvalid("Nobody stops serving before she begins.", "until")
