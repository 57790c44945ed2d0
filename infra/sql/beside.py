"""A generation beside the one that serves: where it is, how far, and asking whoever fills it to stop."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from infra.sql import offsets
from infra.sql.engine import projecting_connection
from projections.projection import Projection


class Beside(StrEnum):
    """A generation that does not serve, by the name of its schema."""

    BUILDING = "carnet_building"
    FORMER = "carnet_former"


_STANDING: Final = """
    SELECT partition, position, next_offset, paused FROM {offsets}
    WHERE projection = %(projection)s AND version = %(version)s ORDER BY partition
"""
_POSITIONS: Final = "SELECT projection, version, sum(position) FROM {offsets} GROUP BY projection, version"
_PAUSE: Final = """
    UPDATE {offsets} SET paused = %(paused)s
    WHERE projection = %(projection)s AND version = %(version)s
"""
_INTERRUPT: Final = """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = %s AND state = 'active'
"""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a generation is in one partition."""

    position: int
    next_offset: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a generation is, by partition. One that nobody began has no places."""

    places: Mapping[int, Place]
    paused: bool

    @property
    def begun(self) -> bool:
        return any(place.position for place in self.places.values())

    @property
    def offsets(self) -> dict[int, int]:
        return {partition: place.next_offset for partition, place in self.places.items()}


def positions(connection: psycopg.Connection[Any]) -> dict[tuple[str, int, Beside], int]:
    """The positions of every generation beside those that serve, in all partitions, summed."""
    found = {}
    for each in Beside:
        table = Identifier(each, offsets.offsets.name)
        if connection.execute("SELECT to_regclass(%s)", [table.as_string()]).fetchone() != (None,):
            for projection, version, position in connection.execute(SQL(_POSITIONS).format(offsets=table)):
                found[projection, version, each] = int(position)
    return found


def connection_string(url: str, beside: Beside, application: str | None = None) -> str:
    """The same read models, with this generation's tables, offsets and dead letters in the place of those that serve.

    `application` is the name that the server shows of it.
    """
    options = conninfo_to_dict(url).get("options") or ""
    return make_conninfo(url, options=f"{options} -csearch_path={beside}".strip(), application_name=application)


def standing(connection: psycopg.Connection[Any], projection: Projection, beside: Beside) -> Standing | None:
    """How far a generation is that does not serve; None if there is none."""
    row = connection.execute("SELECT to_regclass(%s)", [f"{beside}.{projection.tables[0].name}"]).fetchone()
    if row is None or row[0] is None:
        return None
    return standing_in(connection, projection, Identifier(beside, offsets.offsets.name))


def standing_in(connection: psycopg.Connection[Any], projection: Projection, table: Identifier) -> Standing:
    """How far the generation is whose offsets this table holds."""
    names = {"projection": projection.name, "version": projection.version}
    rows = connection.execute(SQL(_STANDING).format(offsets=table), names).fetchall()
    places = {partition: Place(position, next_offset) for partition, position, next_offset, _ in rows}
    return Standing(places, any(paused for *_, paused in rows))


def cancel(url: str, projection: Projection) -> bool:
    """Asks whoever fills a generation of this projection, wherever, to stop; False if none is being built."""
    with closing(projecting_connection(url)) as connection:
        there = [each for each in Beside if standing(connection, projection, each) is not None]
        for each in there:
            pause(connection, projection, each, paused=True)
        interrupt(connection, projection)
        return Beside.BUILDING in there


def pause(connection: psycopg.Connection[Any], projection: Projection, beside: Beside, *, paused: bool) -> None:
    """Nobody fills it any further, or whoever wants to."""
    of = {"projection": projection.name, "version": projection.version, "paused": paused}
    connection.execute(SQL(_PAUSE).format(offsets=Identifier(beside, offsets.offsets.name)), of)


def interrupt(connection: psycopg.Connection[Any], projection: Projection) -> None:
    """Breaks off the statements of whoever builds a generation of this projection: what they did is undone."""
    connection.execute(_INTERRUPT, [application(projection)])


def application(projection: Projection) -> str:
    """What the server shows of whoever builds a generation of it."""
    return f"carnet rebuild {projection.name}"
