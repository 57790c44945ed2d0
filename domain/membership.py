"""A client's membership of one organization: the times at which she belongs to it, or is interested in it.

Belonging and interest are memberships of their own. Each time is a term, counted from 1 as they were recorded, so that
it can be corrected later; no two terms of a membership overlap. Both dates of a term are inclusive, either unknown,
which is no limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from domain.days import overlaps
from domain.refusals import MembershipHasEnded, MembershipInvalid, MembershipOverlaps, MembershipUnknown
from domain.values import named_id

# ---------------------------------------------------------------------------------------------------------------- facts


class Tie(StrEnum):
    BELONGING = "belonging"
    INTEREST = "interest"


class Term(NamedTuple):
    since: date | None
    until: date | None


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class MembershipBegun:
    """A term of this number; `until` is known already when what is over is recorded."""

    client_id: UUID
    membership_id: UUID
    organization_id: UUID
    tie: Tie
    term: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class MembershipEnded:
    """The term that was open has `until` as its last day."""

    client_id: UUID
    membership_id: UUID
    term: int
    until: date


@dataclass(frozen=True, slots=True)
class MembershipCorrected:
    """The term was recorded with a wrong date: these are the right ones."""

    client_id: UUID
    membership_id: UUID
    term: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class MembershipTakenBack:
    """The term was recorded by mistake: it never was."""

    client_id: UUID
    membership_id: UUID
    term: int


Event: TypeAlias = MembershipBegun | MembershipEnded | MembershipCorrected | MembershipTakenBack

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Membership:
    """`begun` is the first event; `counted` the number of the latest term, taken back or not."""

    begun: MembershipBegun | None = None
    terms: dict[int, Term] = field(default_factory=dict)
    counted: int = 0


def evolve(was: Membership, event: Event) -> Membership:
    match event:
        case MembershipBegun(term=term, since=since, until=until):
            terms = {**was.terms, term: Term(since, until)}
            return replace(was, begun=was.begun or event, terms=terms, counted=max(was.counted, term))
        case MembershipEnded(term=term, until=until):
            since = was.terms[term].since if term in was.terms else None
            return replace(was, terms={**was.terms, term: Term(since, until)})
        case MembershipCorrected(term=term, since=since, until=until):
            return replace(was, terms={**was.terms, term: Term(since, until)})
        case MembershipTakenBack(term=term):
            return replace(was, terms={number: known for number, known in was.terms.items() if number != term})


def after(events: Iterable[object]) -> Membership:
    """The membership these events are about; what an id of another noun leads to is no membership."""
    now = Membership()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

MEMBERSHIPS: Final = UUID("0d4c0a6e-52a1-5a39-9d0c-3f5a1c6b8e27")


def membership_id(client_id: UUID, organization_id: UUID, tie: Tie) -> UUID:
    """The id of a client's membership of an organization: one for each tie, for ever."""
    return named_id(MEMBERSHIPS, str(client_id), str(organization_id), tie)


def begin(now: Membership, client_id: UUID, organization_id: UUID, tie: Tie, term: Term) -> list[Event]:
    """A new term, whether it is over already or still open; one that is recorded is no news."""
    _check(term)
    if term in now.terms.values():
        return []
    _check_apart(term, now.terms.values())
    id = membership_id(client_id, organization_id, tie)
    return [MembershipBegun(client_id, id, organization_id, tie, now.counted + 1, *term)]


def end(now: Membership, client_id: UUID, until: date) -> list[Event]:
    """Ends the term that is open."""
    begun = require_known(now, client_id)
    still_open = next((number for number, term in now.terms.items() if term.until is None), None)
    if still_open is None:
        if any(term.until == until for term in now.terms.values()):
            return []
        raise MembershipHasEnded("Nothing is left to end; a wrong date can be corrected.", "until")
    term = Term(now.terms[still_open].since, until)
    _check(term)
    _check_apart(term, _others(now, still_open))
    return [MembershipEnded(client_id, begun.membership_id, still_open, until)]


def correct(now: Membership, client_id: UUID, number: int, term: Term) -> list[Event]:
    """Sets both dates of a term as they should have been recorded."""
    begun = require_known(now, client_id)
    if number not in now.terms:
        raise MembershipUnknown("This membership has no such term.", "term")
    _check(term)
    if now.terms[number] == term:
        return []
    _check_apart(term, _others(now, number))
    return [MembershipCorrected(client_id, begun.membership_id, number, *term)]


def take_back(now: Membership, client_id: UUID, number: int) -> list[Event]:
    begun = require_known(now, client_id)
    if number in now.terms:
        return [MembershipTakenBack(client_id, begun.membership_id, number)]
    if 1 <= number <= now.counted:
        return []
    raise MembershipUnknown("This membership has no such term.", "term")


def require_known(now: Membership, client_id: UUID) -> MembershipBegun:
    """The first event; refuses with `MembershipUnknown` unless this is a membership of this client."""
    if now.begun is None or now.begun.client_id != client_id:
        raise MembershipUnknown("The client has no membership with this id.", "membership_id")
    return now.begun


def _others(now: Membership, number: int) -> list[Term]:
    return [term for each, term in now.terms.items() if each != number]


def _check(term: Term) -> None:
    if term.since and term.until and term.until < term.since:
        raise MembershipInvalid("Nothing ends before it begins.", "until")


def _check_apart(term: Term, others: Iterable[Term]) -> None:
    for other in others:
        if overlaps(term.since, term.until, other.since, other.until):
            raise MembershipOverlaps("There is a term at that time already: end or correct it.", "since")
