"""Which stores are there, and who works where, in which role?"""

from typing import Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, Text

from domain.associate import AssociateJoined, AssociateLeft, AssociateMoved, RoleGiven
from domain.personal import Erased
from domain.store import RegionFormed, StoreClosed, StoreJoinedRegion, StoreOpened
from projections.projection import Projection, Rows

house: Final = Projection("house", 2)

# Each row's key is the id of its stream, which follows from the short id (`stream_id` of the noun).
region: Final = house.owned("house_region", "key", Column("region_id", Text), Column("name", Text))

store: Final = house.owned(
    "house_store",
    "key",
    Column("store_id", Text),
    Column("name", Text),
    Column("region_id", Text),
    Column("country", Text),
    Column("city", Text),
    Column("time_zone", Text),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("stream_version", Integer),
)

associate: Final = house.owned(
    "house_associate",
    "key",
    Column("associate_id", Text),
    Column("name", Text),
    Column("erased", Boolean),
    Column("since", Date),
    Column("left_on", Date),
    Column("stream_version", Integer),
)
Index(f"{associate.name}_id", associate.c.associate_id)

# Where she works, and in which role, by the day since when.
posted: Final = house.owned("house_posted", "key", Column("since", Date, primary_key=True), Column("store_id", Text))
Index(f"{posted.name}_store", *posted.c["store_id", "key", "since"])
role: Final = house.owned("house_role", "key", Column("since", Date, primary_key=True), Column("role", Text))


@house.on(RegionFormed)
def region_formed(event: RegionFormed, rows: Rows) -> None:
    rows.put(region, region_id=event.region_id, name=event.name)


@house.on(StoreOpened)
def store_opened(event: StoreOpened, rows: Rows) -> None:
    rows.put(
        store,
        store_id=event.store_id,
        name=event.name,
        region_id=event.region_id,
        country=event.country,
        city=event.city,
        time_zone=event.time_zone,
        opened_on=event.opened_on,
        stream_version=rows.recorded.stream_version,
    )


@house.on(StoreJoinedRegion)
def store_joined_region(event: StoreJoinedRegion, rows: Rows) -> None:
    rows.patch(store, region_id=event.region_id, stream_version=rows.recorded.stream_version)


@house.on(StoreClosed)
def store_closed(event: StoreClosed, rows: Rows) -> None:
    rows.patch(store, closed_on=event.closed_on, stream_version=rows.recorded.stream_version)


@house.on(AssociateJoined)
def associate_joined(event: AssociateJoined, rows: Rows) -> None:
    erased = isinstance(event.name, Erased)
    rows.put(
        associate,
        associate_id=event.associate_id,
        name=None if erased else event.name,
        erased=erased,
        since=event.since,
        stream_version=rows.recorded.stream_version,
    )
    rows.put(posted, since=event.since, store_id=event.store_id)
    rows.put(role, since=event.since, role=event.role.value)


@house.on(AssociateMoved)
def associate_moved(event: AssociateMoved, rows: Rows) -> None:
    rows.patch(associate, stream_version=rows.recorded.stream_version)
    rows.put(posted, since=event.since, store_id=event.store_id)


@house.on(RoleGiven)
def role_given(event: RoleGiven, rows: Rows) -> None:
    rows.patch(associate, stream_version=rows.recorded.stream_version)
    rows.put(role, since=event.since, role=event.role.value)


@house.on(AssociateLeft)
def associate_left(event: AssociateLeft, rows: Rows) -> None:
    rows.patch(associate, left_on=event.left_on, stream_version=rows.recorded.stream_version)
