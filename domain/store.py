"""The house's stores, and the regions they belong to.

Their ids are the short codes that everybody writes ("paris-1"). Feeds may name a store before it is known here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from domain.refusals import RegionDiffers, RegionUnknown, StoreDiffers, StoreInvalid, StoreUnknown
from domain.values import named_id

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class RegionFormed:
    region_id: str
    name: str


@dataclass(frozen=True, slots=True)
class StoreOpened:
    """`country` is an ISO 3166 alpha-2 code, `time_zone` a name of the IANA, `opened_on` its first day if known."""

    store_id: str
    name: str
    region_id: str | None
    country: str
    city: str
    time_zone: str
    opened_on: date | None


@dataclass(frozen=True, slots=True)
class StoreJoinedRegion:
    """The store belongs to this region now, or to none."""

    store_id: str
    region_id: str | None
    previous_region_id: str | None


@dataclass(frozen=True, slots=True)
class StoreClosed:
    """`closed_on` is its last day, as it is known now."""

    store_id: str
    closed_on: date


RegionEvent: TypeAlias = RegionFormed
Event: TypeAlias = StoreOpened | StoreJoinedRegion | StoreClosed

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Region:
    formed: RegionFormed | None = None


@dataclass(frozen=True, slots=True)
class Store:
    opened: StoreOpened | None = None
    region_id: str | None = None
    closed_on: date | None = None


def evolve(was: Store, event: Event) -> Store:
    match event:
        case StoreOpened(region_id=region_id):
            return replace(was, opened=event, region_id=region_id)
        case StoreJoinedRegion(region_id=region_id):
            return replace(was, region_id=region_id)
        case StoreClosed(closed_on=on):
            return replace(was, closed_on=on)


def after(events: Iterable[object]) -> Store:
    """The store these events are about; what an id of another noun leads to is no store."""
    now = Store()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def region_after(events: Iterable[object]) -> Region:
    """The region these events are about."""
    formed = [event for event in events if isinstance(event, RegionFormed)]
    return Region(formed[-1]) if formed else Region()


# ------------------------------------------------------------------------------------------------------------ decisions

STORES: Final = UUID("4c0b5f0e-5a55-5d0c-9a0e-0f0a6b1c7d21")
REGIONS: Final = UUID("9d7e2c1a-3b48-5c6d-8e9f-1a2b3c4d5e6f")


def stream_id(store_id: str) -> UUID:
    return named_id(STORES, store_id)


def region_stream_id(region_id: str) -> UUID:
    return named_id(REGIONS, region_id)


def form_region(now: Region, event: RegionFormed) -> list[RegionEvent]:
    if now.formed is None:
        return [event]
    if now.formed == event:
        return []
    raise RegionDiffers("There is a region with this id already, with another name.", "id")


def open_store(now: Store, event: StoreOpened) -> list[Event]:
    if now.opened is None:
        return [event]
    if now.opened == event:
        return []
    raise StoreDiffers("There is a store with this id already, with other data.", "id")


def join_region(now: Store, store_id: str, region_id: str | None) -> list[Event]:
    require_store(now, "store_id")
    return [] if now.region_id == region_id else [StoreJoinedRegion(store_id, region_id, now.region_id)]


def close(now: Store, store_id: str, on: date) -> list[Event]:
    """Said again with another day, that is the day from then on."""
    opened = require_store(now, "store_id")
    if opened.opened_on and on < opened.opened_on:
        raise StoreInvalid("No store closes before it opens.", "on")
    return [] if now.closed_on == on else [StoreClosed(store_id, on)]


def require_store(now: Store, field: str) -> StoreOpened:
    """Refuses with `StoreUnknown`, naming `field`, unless this is a store of the house."""
    if now.opened is None:
        raise StoreUnknown("There is no store with this id.", field)
    return now.opened


def require_region(now: Region, field: str) -> None:
    """Refuses with `RegionUnknown`, naming `field`, unless this is a region of the house."""
    if now.formed is None:
        raise RegionUnknown("There is no region with this id.", field)
