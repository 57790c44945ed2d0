"""What could be a gift of what was sold unmarked, and for whom: proposed with the reason, never more than a few.

Nothing is stored to propose something. A proposal has the same id whenever it is made, so that one that was declined or
confirmed is known again; and the mark that confirms it has that id, so that it stays known when the mark is removed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain import occasion
from domain.days import holds
from domain.gift_policy import GiftPolicy
from domain.occasion import Linked, Occasion, Person
from domain.relation import CHILDREN, PARENTS, Circle
from domain.sale.facts import GiftOccasion
from domain.values import named_id

PROPOSALS: Final = UUID("8b1de6cf-5c0b-5f3a-9c39-41f7c6ad0e27")


class Reason(StrEnum):
    """Why somebody is thought of, the best reason first."""

    GAVE_BEFORE = "gave-before"
    PARTNER = "partner"
    CHILD = "child"
    PARENT = "parent"


_RANK: Final = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Unmarked:
    """Pieces of a line that are kept, and of which nothing is said: neither a gift nor the client's own."""

    sale_id: UUID
    ordinal: int
    quantity: int
    sold_on: date


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody linked to the client."""

    person_id: UUID
    linked: Linked

    def reason(self, given_to: Collection[UUID]) -> Reason | None:
        """Why the client would give her something, `given_to` being those to whom he ever did."""
        if self.person_id in given_to:
            return Reason.GAVE_BEFORE
        if self.linked.circle is Circle.PARTNER:
            return Reason.PARTNER
        if self.linked.relation in CHILDREN:
            return Reason.CHILD
        return Reason.PARENT if self.linked.relation in PARENTS else None


@dataclass(frozen=True, slots=True)
class Given:
    """A gift of the client to somebody, and on what occasion. `given_up_on`: all of it came back that day, and nothing
    was taken in its place."""

    sale_id: UUID
    recipient_id: UUID
    occasion: GiftOccasion | None
    given_up_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """These pieces may be for her, on this occasion."""

    id: UUID
    unmarked: Unmarked
    recipient_id: UUID
    relation: str
    occasion: Occasion
    reason: Reason

    @property
    def days(self) -> int:
        """How many days after the sale the occasion is; below zero: before it."""
        return (self.occasion.day - self.unmarked.sold_on).days


def proposals(
    policy: GiftPolicy,
    on: date,
    client: Person,
    unmarked: Iterable[Unmarked],
    relatives: Collection[Relative],
    given: Collection[Given],
    settled: Collection[UUID],
) -> list[Proposal]:
    """What to propose on a day, the best first, at most as many as the policy says.

    `settled` are the proposals that were declined, or confirmed and then thought better of. For an occasion for which
    the client gives something of another sale already nothing is proposed.
    """
    fresh = [each for each in unmarked if policy.proposes(each.sold_on, on)]
    given_to = {each.recipient_id for each in given}
    for_whom = {
        sold_on: list(_for_whom(policy, on, sold_on, client, relatives, given_to))
        for sold_on in {each.sold_on for each in fresh}
    }
    taken = _taken(given)
    found = sorted((made for each in fresh for made in _of(each, for_whom[each.sold_on], taken)), key=_place)
    once = {each.id: each for each in reversed(found) if each.id not in settled}
    return sorted(once.values(), key=_place)[: policy.proposals]


def proposal_id(sale_id: UUID, ordinal: int, recipient_id: UUID, of: Occasion) -> UUID:
    """The same for the same line, person and occasion."""
    return named_id(PROPOSALS, str(sale_id), str(ordinal), str(recipient_id), of.source, of.name, of.day.isoformat())


def _for_whom(
    policy: GiftPolicy, on: date, sold_on: date, client: Person, relatives: Iterable[Relative], given_to: set[UUID]
) -> Iterator[tuple[Relative, Reason, Occasion]]:
    """Who is linked to the client on the day of the proposal, and her occasions around that of the sale."""
    for relative in relatives:
        linked = relative.linked
        if holds(linked.since, linked.until, on) and (reason := relative.reason(given_to)):
            for day in occasion.with_linked(client, linked, *policy.window(sold_on)):
                if day.gift:
                    yield relative, reason, day


def _taken(given: Iterable[Given]) -> Mapping[tuple[UUID, GiftOccasion], set[UUID]]:
    """The sales of which something is given to somebody on an occasion, and was not given up before."""
    taken: dict[tuple[UUID, GiftOccasion], set[UUID]] = {}
    for each in given:
        if each.occasion and (each.given_up_on is None or each.given_up_on > each.occasion.day):
            taken.setdefault((each.recipient_id, each.occasion), set()).add(each.sale_id)
    return taken


def _of(
    sold: Unmarked,
    for_whom: Iterable[tuple[Relative, Reason, Occasion]],
    taken: Mapping[tuple[UUID, GiftOccasion], set[UUID]],
) -> Iterator[Proposal]:
    for relative, reason, day in for_whom:
        who = relative.person_id
        if not taken.get((who, GiftOccasion(day.source, day.name, day.day)), set()) - {sold.sale_id}:
            id = proposal_id(sold.sale_id, sold.ordinal, who, day)
            yield Proposal(id, sold, who, relative.linked.relation, day, reason)


def _place(each: Proposal) -> tuple[object, ...]:
    """By the reason, then the nearest day; of what is alike, the latest sale's first line."""
    sold = each.unmarked
    return (
        _RANK[each.reason],
        abs(each.days),
        each.occasion.day,
        each.occasion.name,
        each.recipient_id,
        -sold.sold_on.toordinal(),
        sold.sale_id,
        sold.ordinal,
        each.relation,
    )
