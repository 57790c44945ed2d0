"""The stores of the example house and the people who work there, as they were taken into it."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from domain import associate, store
from domain.access import Role
from domain.associate import AssociateJoined
from domain.store import RegionFormed, StoreOpened
from infra.demo.history import Story
from infra.demo.house import STORES, Store
from infra.demo.people import household
from infra.demo.shopping import FIRST_DAY

_REGIONS: Final = {
    "europe": ("Europe", {"FR", "GB", "IT", "DE", "CH"}),
    "americas": ("Americas", {"US"}),
    "middle-east": ("Middle East", {"AE"}),
    "asia": ("Asia", {"JP"}),
}


def staff() -> Iterator[Story]:
    """Regions, stores and associates: the same for every seed, as their ids are."""
    for region_id, (name, _) in _REGIONS.items():
        yield Story(store.region_stream_id(region_id), (RegionFormed(region_id, name),))
    for each in STORES:
        region_id = next(id for id, (_, countries) in _REGIONS.items() if each.country in countries)
        opened = StoreOpened(
            each.id, f"Valdoré {each.city}", region_id, each.country, each.city, each.time_zone, FIRST_DAY
        )
        yield Story(store.stream_id(each.id), (opened,))
        yield _joins(each, each.manager, Role.MANAGER)
        for number in range(1, each.associates + 1):
            yield _joins(each, each.associate(number), Role.ASSOCIATE)


def _joins(where: Store, id: str, role: Role) -> Story:
    name = household(Random(id), where).people[0].name  # noqa: S311 - a name, not a secret
    person_id, since = associate.stream_id(id), date(FIRST_DAY.year, FIRST_DAY.month, 1)
    called = " ".join(filter(None, (name.given, name.family)))
    return Story(person_id, (AssociateJoined(person_id, id, called, role, where.id, since),))
