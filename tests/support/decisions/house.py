"""Random decisions about the house: its regions, its stores and its associates."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain import associate, reassignment, store
from domain.access import Role
from domain.left_alone import counted
from tests.support.decisions.affiliation import ASSOCIATES, DAYS
from tests.support.decisions.nouns import CLIENTS, STORES, WORDS, Noun

STORE_OF = {store.stream_id(id): id for id in STORES}
ASSOCIATE_OF = {associate.stream_id(id): id for id in ASSOCIATES}
REGION_OF = {store.region_stream_id(id): id for id in ("emea", "japan")}
REASSIGNMENTS = [UUID(int=0x4EA + number) for number in range(2)]


def _form_region(chance: Random, now: store.Region, id: UUID, new: UUID) -> list[store.RegionEvent]:
    return store.form_region(now, store.RegionFormed(REGION_OF[id], chance.choice(WORDS)))


def _open(chance: Random, now: store.Store, id: UUID, new: UUID) -> list[store.Event]:
    region = chance.choice([None, *REGION_OF.values()])
    opened_on = chance.choice([None, DAYS[3]])
    return store.open_store(
        now, store.StoreOpened(STORE_OF[id], chance.choice(WORDS), region, "CH", "Genève", "Europe/Zurich", opened_on)
    )


def _join_region(chance: Random, now: store.Store, id: UUID, new: UUID) -> list[store.Event]:
    return store.join_region(now, STORE_OF[id], chance.choice([None, *REGION_OF.values()]))


def _close(chance: Random, now: store.Store, id: UUID, new: UUID) -> list[store.Event]:
    return store.close(now, STORE_OF[id], chance.choice(DAYS))


def _join(chance: Random, now: associate.Associate, id: UUID, new: UUID) -> list[associate.Event]:
    role, where = chance.choice([Role.ASSOCIATE, Role.MANAGER]), chance.choice([None, *STORES])
    joined = associate.AssociateJoined(id, ASSOCIATE_OF[id], chance.choice(WORDS), role, where, _day(chance))
    return associate.join(now, joined)


def _move(chance: Random, now: associate.Associate, id: UUID, new: UUID) -> list[associate.Event]:
    return associate.move(now, ASSOCIATE_OF[id], chance.choice([None, *STORES]), _day(chance))


def _give_role(chance: Random, now: associate.Associate, id: UUID, new: UUID) -> list[associate.Event]:
    return associate.give_role(now, ASSOCIATE_OF[id], chance.choice([Role.ASSOCIATE, Role.MANAGER]), _day(chance))


def _leave(chance: Random, now: associate.Associate, id: UUID, new: UUID) -> list[associate.Event]:
    return associate.leave(now, ASSOCIATE_OF[id], _day(chance))


def _order(chance: Random, now: reassignment.Reassignment, id: UUID, new: UUID) -> list[reassignment.Event]:
    giver, *takers = chance.sample(ASSOCIATES, k=3)
    whom = reassignment.dealt(chance.sample(CLIENTS, k=2), takers)
    shares = tuple(reassignment.Share(taker, chance.choice(STORES), clients) for taker, clients in whom.items())
    until = chance.choice([None, DAYS[-1]])
    cause, remark = chance.choice(list(reassignment.Cause)), chance.choice([None, *WORDS])
    person_id = associate.stream_id(giver)
    ordered = reassignment.ReassignmentOrdered(person_id, id, giver, shares, None, _day(chance), until, cause, remark)
    return reassignment.order(now, ordered)


def _complete(chance: Random, now: reassignment.Reassignment, id: UUID, new: UUID) -> list[reassignment.Event]:
    left = counted({"affiliation.not_serving": chance.randrange(1, 3)})
    return reassignment.complete(now, reassignment.ReassignmentCompleted(id, "ines", chance.randrange(3), left))


def _day(chance: Random) -> date:
    return chance.choice(DAYS) - timedelta(chance.choice([0, 400]))


def _one_of(ids: dict[UUID, str]) -> tuple[UUID, ...]:
    return tuple(ids)


REGION = Noun(
    lambda chance: (which := chance.choice(_one_of(REGION_OF)), which), store.region_after, [_form_region, _form_region]
)
STORE = Noun(
    lambda chance: (which := chance.choice(_one_of(STORE_OF)), which), store.after, [_open, _open, _join_region, _close]
)
ASSOCIATE = Noun(
    lambda chance: (which := chance.choice(_one_of(ASSOCIATE_OF)), which),
    associate.after,
    [_join, _join, _move, _give_role, _leave],
)
REASSIGNMENT = Noun(
    lambda chance: (which := chance.choice(REASSIGNMENTS), which), reassignment.after, [_order, _order, _complete]
)
