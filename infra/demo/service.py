"""Who serves whom in the example house. One associate leaves it, and one of those who took her clients is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from domain import affiliation, associate, reassignment
from domain.affiliation import EVERYTHING, AffiliationBegun, Affiliations, PrimaryNamed, Scope
from domain.days import holds
from domain.handover import Handover, hand_over
from domain.reassignment import Cause, Reassignment, ReassignmentCompleted, ReassignmentOrdered, Share
from domain.refusals import NotServing
from domain.values import named_id
from infra.demo.house import SPECIALITIES, STORES, Store
from infra.demo.shopping import FIRST_DAY
from infra.demo.telling import SOURCE, Story, Telling

_PARIS: Final = STORES[0]


@dataclass(frozen=True, slots=True)
class Change:
    """An associate's clients go to others of her store: for good, or until she is back."""

    giver: str
    takers: tuple[str, ...]
    since: date
    until: date | None
    cause: Cause
    remark: str | None = None

    def taker(self, id: UUID) -> str:
        """Who has this client from then on."""
        return self.takers[id.int % len(self.takers)]


LEFT: Final = Change(
    _PARIS.associate(3),
    (_PARIS.associate(2), _PARIS.associate(5)),
    date(2026, 3, 1),
    None,
    Cause.LEFT,
    "She opens a gallery of her own",
)
AWAY: Final = Change(_PARIS.associate(2), (_PARIS.associate(4),), date(2026, 7, 6), date(2026, 7, 26), Cause.AWAY)
CHANGES: Final = (LEFT, AWAY)


def at_work(associate_id: str, day: date, id: UUID) -> str:
    """Who is there in her place on this day, for this client or sale: mostly herself."""
    for change in CHANGES:
        if associate_id == change.giver and holds(change.since, change.until, day):
            associate_id = change.taker(id)
    return associate_id


def service(chance: Random, client_id: UUID, store: Store, associate_id: str) -> Iterator[Story]:
    """Her primary associate, perhaps one for what she collects, and whoever takes their place."""
    telling = Telling(affiliation.stream_id(client_id), Affiliations(), affiliation.evolve, client_id)
    since = FIRST_DAY + timedelta(chance.randrange(28))

    def begin(who: str, scope: Scope, since: date) -> None:
        id = named_id(client_id, "served by", who)
        telling.then(affiliation.begin(telling.now, AffiliationBegun(client_id, id, who, store.id, scope, since, None)))

    begin(associate_id, EVERYTHING, since)
    telling.then(
        affiliation.name_primary(telling.now, PrimaryNamed(client_id, associate_id, since, None), replacing=False)
    )
    other, later = store.associate(chance.randrange(store.associates) + 1), since + timedelta(chance.randrange(800))
    if chance.random() < 0.2 and other not in (associate_id, LEFT.giver):
        begin(other, Scope((chance.choice(SPECIALITIES),)), later)
    for change in CHANGES:
        yield from _handed_over(telling, client_id, store, change)
    yield telling.story()


def _handed_over(telling: Telling, client_id: UUID, store: Store, change: Change) -> Iterator[Story]:
    """What is ordered is told for each client, so that a larger house has every order of a smaller one."""
    id = named_id(reassignment.REASSIGNMENTS, SOURCE, change.giver, change.since.isoformat(), str(client_id))
    giver, taker, days = change.giver, change.taker(client_id), (change.since, change.until)
    try:
        telling.then(hand_over(telling.now, client_id, Handover(id, giver, taker, store.id, None, *days)))
    except NotServing:
        return
    ordering = Telling(id, Reassignment(), reassignment.evolve)
    shares = (Share(taker, store.id, (client_id,)),)
    ordered = ReassignmentOrdered(
        associate.stream_id(giver), id, giver, shares, None, *days, change.cause, change.remark
    )
    ordering.then(reassignment.order(ordering.now, ordered))
    ordering.then(reassignment.complete(ordering.now, ReassignmentCompleted(id, giver, 1, ())))
    yield ordering.story()
