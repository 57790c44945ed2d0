"""The stores of the example house and the people who work there, as they were taken into it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from domain import associate, store
from domain.access import Role
from domain.associate import Associate, AssociateJoined
from domain.store import RegionFormed, StoreOpened
from infra.demo.house import STORES, Store
from infra.demo.people import household
from infra.demo.service import LEFT
from infra.demo.shopping import FIRST_DAY
from infra.demo.telling import Story, Telling, chance_of, told

_REGIONS: Final = {
    "europe": ("Europe", {"FR", "GB", "IT", "DE", "CH"}),
    "americas": ("Americas", {"US"}),
    "middle-east": ("Middle East", {"AE"}),
    "asia": ("Asia", {"JP"}),
}


def staff() -> Iterator[Story]:
    """Regions, stores and associates: the same for every seed, as their ids are."""
    for region_id, (name, _) in _REGIONS.items():
        yield told(store.region_stream_id(region_id), RegionFormed(region_id, name))
    for each in STORES:
        region_id = next(id for id, (_, countries) in _REGIONS.items() if each.country in countries)
        opened = StoreOpened(
            each.id, f"Valdoré {each.city}", region_id, each.country, each.city, each.time_zone, FIRST_DAY
        )
        yield told(store.stream_id(each.id), opened)
        yield _joins(each, each.manager, Role.MANAGER)
        for number in range(1, each.associates + 1):
            yield _joins(each, each.associate(number), Role.ASSOCIATE)


def _joins(where: Store, id: str, role: Role) -> Story:
    name = household(chance_of(id), where).people[0].name
    person_id, since = associate.stream_id(id), date(FIRST_DAY.year, FIRST_DAY.month, 1)
    called = " ".join(filter(None, (name.given, name.family)))
    telling = Telling(person_id, Associate(), associate.evolve)
    telling.then(associate.join(telling.now, AssociateJoined(person_id, id, called, role, where.id, since)))
    if id == LEFT.giver:
        telling.then(associate.leave(telling.now, id, LEFT.since - timedelta(1)))
    return telling.story()
