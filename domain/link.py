"""A link between two people: a client and another one, or somebody the house knows only through her.

One stream tells it for both, so that they always agree. A link is begun and ended, and may begin again: each time is a
term, counted from 1 as they were recorded. An anniversary, and how a couple is addressed, belong to a term and end with
it. What a link's events say of both people is sealed twice, once for each of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from domain.days import CalendarDay, holds
from domain.personal import Erased, Of, Personal
from domain.refusals import LinkDiffers, LinkInvalid, LinkUnknown
from domain.relation import Circle
from domain.values import named_id

# ---------------------------------------------------------------------------------------------------------------- facts


class EndReason(StrEnum):
    """Why a term is over. What was recorded in error never was."""

    DIVORCE = "divorce"
    END = "end"
    RECORDED_IN_ERROR = "recorded_in_error"


class AnniversaryKind(StrEnum):
    WEDDING = "wedding"
    ENGAGEMENT = "engagement"
    PARTNERSHIP = "partnership"


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class LinkBegun:
    """The client is `client_is` to the other, who is `other_is` to her, from `since` on, or since nobody knows when."""

    link_id: UUID
    term: int
    kind: str
    circle: Circle
    client_id: UUID
    client_is: str
    other_id: UUID
    other_is: str
    since: date | None


@dataclass(frozen=True, slots=True)
class LinkEnded:
    """The term had `until` as its last day; without it if the term was recorded in error."""

    link_id: UUID
    term: int
    client_id: UUID
    other_id: UUID
    until: date | None
    reason: EndReason


@dataclass(frozen=True, slots=True)
class AnniversarySet:
    """The couple keeps this day, or none any more.

    The day is of both their lives. Each has a copy of her own, which goes with her and with nobody else: when one is
    erased, the other still has her wedding day, and nothing of hers names whom she married.
    """

    link_id: UUID
    term: int
    kind: AnniversaryKind
    client_id: UUID
    other_id: UUID
    day: Annotated[Personal[CalendarDay | None], Of("client_id")]
    day_of_other: Annotated[Personal[CalendarDay | None], Of("other_id")]


@dataclass(frozen=True, slots=True)
class CoupleSalutationSet:
    """Both are addressed like this on one card, or each by her own name again.

    It names both, and no part of it only one: so it may be used as long as both copies can be read, and goes with
    whoever is erased first.
    """

    link_id: UUID
    term: int
    client_id: UUID
    other_id: UUID
    salutation: Annotated[Personal[str | None], Of("client_id")]
    salutation_of_other: Annotated[Personal[str | None], Of("other_id")]


Event: TypeAlias = LinkBegun | LinkEnded | AnniversarySet | CoupleSalutationSet

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Term:
    begun: LinkBegun
    ended: LinkEnded | None = None
    anniversaries: Mapping[AnniversaryKind, AnniversarySet] = field(default_factory=dict)
    salutation: CoupleSalutationSet | None = None

    @property
    def until(self) -> date | None:
        return self.ended.until if self.ended else None

    def relations(self) -> dict[UUID, str]:
        """What each of the two is to the other one."""
        return {self.begun.client_id: self.begun.client_is, self.begun.other_id: self.begun.other_is}


@dataclass(frozen=True, slots=True)
class Link:
    """`terms` in the order of their days, without those recorded in error; `count` is of all."""

    terms: Mapping[int, Term] = field(default_factory=dict)
    count: int = 0

    @property
    def last(self) -> Term | None:
        return list(self.terms.values())[-1] if self.terms else None

    def on(self, day: date) -> Term | None:
        """The term that holds on this day."""
        return next((term for term in self.terms.values() if holds(term.begun.since, term.until, day)), None)


def evolve(was: Link, event: Event) -> Link:
    match event:
        case LinkBegun(term=number):
            return Link({**was.terms, number: Term(event)}, number)
        case LinkEnded(reason=EndReason.RECORDED_IN_ERROR):
            return replace(was, terms={number: term for number, term in was.terms.items() if number != event.term})
        case LinkEnded():
            return _of_term(was, event.term, lambda term: replace(term, ended=event))
        case AnniversarySet(kind=kind):
            return _of_term(
                was, event.term, lambda term: replace(term, anniversaries={**term.anniversaries, kind: event})
            )
        case CoupleSalutationSet():
            return _of_term(was, event.term, lambda term: replace(term, salutation=event))


def _of_term(was: Link, number: int, change: Callable[[Term], Term]) -> Link:
    return replace(was, terms={at: change(term) if at == number else term for at, term in was.terms.items()})


def after(events: Iterable[object]) -> Link:
    """The link these events are about; what an id of another noun leads to is no link."""
    now = Link()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def people(now: Link) -> frozenset[UUID]:
    """The two whom the link is, or was, between; nobody if it never was."""
    return frozenset(id for term in now.terms.values() for id in term.relations())


# ------------------------------------------------------------------------------------------------------------ decisions

LINKS: Final = UUID("c5f7f0f3-9b0e-5a43-8a38-3d4a2f1ce0b7")


def link_id(one: UUID, other: UUID, kind: str) -> UUID:
    """The id of the one link of this kind that two people can have, whoever of them is asked."""
    return named_id(LINKS, *sorted((str(one), str(other))), kind)


def begin(now: Link, begun: LinkBegun) -> list[Event]:
    """Links two people, or links them again after a term that is over; the terms are counted here, whatever it says."""
    if begun.client_id == begun.other_id:
        raise LinkInvalid("Nobody is her own relative.", "other_id")
    begun = replace(begun, term=now.count + 1)
    last = now.last
    if last is None:
        return [begun]
    if last.until is None:
        if last.relations() != Term(begun).relations():
            raise LinkDiffers("They are linked the other way round, or in other words.", "relation")
        if begun.since not in (None, last.begun.since):
            raise LinkDiffers("This link began on another day.", "since")
        return []
    if begun == replace(last.begun, term=begun.term):
        return []
    if begun.since is None or begun.since <= last.until:
        raise LinkInvalid("What begins again begins after it ended.", "since")
    return [begun]


def end(now: Link, id: UUID, number: int | None, until: date | None, reason: EndReason, today: date) -> list[Event]:
    """Ends a term, by default the last recorded and today; or says that it was recorded in error."""
    require_begun(now)
    number = number or now.count
    term = now.terms.get(number)
    error = reason is EndReason.RECORDED_IN_ERROR
    if error and until is not None:
        raise LinkInvalid("What was recorded in error never was: it has no last day.", "until")
    if term is None:
        if error and number <= now.count:
            return []
        raise LinkInvalid("There is no such term, or it was recorded in error.", "term")
    if term.ended is not None and not error:
        if until in (None, term.until) and reason == term.ended.reason:
            return []
        raise LinkDiffers("This ended already, on another day or for another reason.", "until")
    last_day = None if error else until or today
    if last_day and term.begun.since and last_day < term.begun.since:
        raise LinkInvalid("Nothing ends before it began.", "until")
    return [LinkEnded(id, number, term.begun.client_id, term.begun.other_id, last_day, reason)]


def set_anniversary(now: Link, id: UUID, kind: AnniversaryKind, day: CalendarDay | None) -> list[Event]:
    """The day the couple keeps; None takes it away."""
    term = _couple(now)
    begun, known = term.begun, term.anniversaries.get(kind)
    if (known and _shared(known.day, known.day_of_other)) == day:
        return []
    return [AnniversarySet(id, begun.term, kind, begun.client_id, begun.other_id, day, day)]


def set_salutation(now: Link, id: UUID, salutation: str | None) -> list[Event]:
    """How the couple is addressed on one card; None leaves each her own name."""
    term = _couple(now)
    begun, known = term.begun, term.salutation
    if (known and _shared(known.salutation, known.salutation_of_other)) == salutation:
        return []
    return [CoupleSalutationSet(id, begun.term, begun.client_id, begun.other_id, salutation, salutation)]


def require_begun(now: Link) -> None:
    """Refuses with `LinkUnknown` what never began."""
    if not now.count:
        raise LinkUnknown("There is no link with this id.", "link_id")


def _couple(now: Link) -> Term:
    require_begun(now)
    last = now.last
    if last is None or last.ended is not None:
        raise LinkInvalid("This link is over.", "link_id")
    if last.begun.circle is not Circle.PARTNER:
        raise LinkInvalid("Only a couple has this in common.", "link_id")
    return last


def _shared(one: object, other: object) -> object:
    """What both copies say, as far as they can be read."""
    return other if isinstance(one, Erased) else one
