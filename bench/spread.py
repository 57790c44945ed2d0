"""Read models of a large house: the rows of the example house, copied under other ids as often as it takes, its clients
in stores of ten thousand, each served by one of fifty associates, and all of them in one organization besides.

Only what ticklers are asked of is there.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from bench.copied import copy, unindexed
from bench.measure import tell
from infra.sql import offsets, read_models
from infra.wiring import House
from projections.affiliations import affiliation, named
from projections.calendar import calendar_event, on_calendar
from projections.client_card import card, contact_point
from projections.client_facts import date as life_date
from projections.contacts import appointment, outreach, settles, visit
from projections.family import anniversary, side
from projections.gifts import given_back, mark, party
from projections.house import associate, posted, store
from projections.invitations import invitation, sending
from projections.membership import term
from projections.projection import Table
from projections.purchase_history import came_back, line, sale
from projections.purchase_orders import step
from projections.registry import PROJECTIONS
from projections.ticklers import done, follow_up, rule

TAKEN: Final = 2_000
"""The clients of the example house."""
A_STORE: Final = 10_000
ASSOCIATES: Final = 50
BUSY: Final = 500
"""The clients of the first associate of each store."""

A_CALENDAR: Final = 200
"""So many clients for each calendar event."""

_TABLES: Final[list[Table]] = [
    *(card, contact_point, life_date, side, anniversary),
    *(term, affiliation, named, calendar_event, on_calendar, invitation, sending),
    *(sale, line, came_back, step, mark, party, given_back),
    *(appointment, visit, outreach, settles, done, follow_up, rule),
]
_AS_IT_IS: Final = {rule.name}
# Whoever it was there is one of the fifty here: of one client the same, of another another.
_PEOPLE: Final = {"associate_id", "owner", "author", "covers", "giver", "ended_by"}


def spread(house: House, url: str, clients: int, everybodys: UUID, around: date) -> str:
    """Fills read models at `url`, indexes last: all clients are in the organization `everybodys`, and the calendar
    events of others are held in the year around a day. A projector goes on where the house's has come to."""
    read_models.migrate(url, PROJECTIONS)
    copies, stores = clients // TAKEN, clients // A_STORE
    with psycopg.connect(house.databases.read) as source, psycopg.connect(url) as target:
        target.execute("SET maintenance_work_mem = '512MB'")
        for table in _TABLES:
            tell(f"{clients:,} clients, {table.name}")
            with unindexed(target, table.name, lambda index: " gin " not in index):  # nobody is searched for
                _multiply(source, target, table, 1 if table.name in _AS_IT_IS else copies)
                if table is term:
                    _in_one(target, everybodys)
            target.commit()
        _staff(target, stores)
        _calendar(target, clients // A_CALENDAR, around)
        target.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(offsets.offsets.name)))
        copy(source, target, offsets.offsets.name)
        target.commit()
        target.autocommit = True
        target.execute("VACUUM ANALYZE")
    return url


def store_id(number: int) -> str:
    return f"store-{number}"


def busy(number: int) -> str:
    """The associate of a store who serves the most clients."""
    return f"store-{number}.0"


def _multiply(source: psycopg.Connection[Any], target: psycopg.Connection[Any], table: Table, times: int) -> None:
    name, taken = sql.Identifier(table.name), sql.Identifier(f"taken_{table.name}"[:60])
    target.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {})").format(taken, name))
    copy(source, target, table.name, f"taken_{table.name}"[:60])
    columns = [str(column.name) for column in table.columns]
    values = [_value(table, column) for column in columns] if times > 1 else [sql.Identifier(each) for each in columns]
    target.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}, generate_series(0, {}) AS n ON CONFLICT DO NOTHING").format(
            name,
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(values),
            taken,
            sql.Literal(times - 1),
        )
    )
    target.execute(sql.SQL("DROP TABLE {}").format(taken))


def _value(table: Table, name: str) -> sql.Composable:
    """A column of the copy: each id is hashed with the number of the copy, so that they still fit together."""
    column, here = sql.Identifier(name), sql.SQL("'store-' || n / {}").format(sql.Literal(A_STORE // TAKEN))
    owner = sql.Identifier(str(next(iter(table.primary_key)).name))
    if table.columns[name].type.as_generic().__visit_name__ in ("uuid", "UUID"):
        return sql.SQL("md5({}::text || n)::uuid").format(column)
    if name == "store_id":
        return sql.SQL("CASE WHEN {} IS NOT NULL THEN {} END").format(column, here)
    if name in _PEOPLE:
        one = sql.SQL("{} || '.' || abs(hashtext({} || {}::text || n) % {})")
        whom = one.format(here, column, owner, sql.Literal(ASSOCIATES))
        return sql.SQL("CASE WHEN {} IS NOT NULL THEN {} END").format(column, whom)
    if name == "sellers":
        seller = "jsonb_build_object('associate_id', {} || '.' || abs(hashtext({}::text) % {}), 'parts', 1)"
        one = sql.SQL("jsonb_build_array(" + seller + ")")
        return one.format(here, owner, sql.Literal(ASSOCIATES))
    return column


def _staff(target: psycopg.Connection[Any], stores: int) -> None:
    """The stores, who works there, and the many clients of the first of them."""
    target.execute(
        sql.SQL(
            "INSERT INTO {} (key, store_id, name, time_zone, stream_version) SELECT md5('store-' || s)::uuid, "
            "'store-' || s, 'Store', 'Europe/Paris', 1 FROM generate_series(0, {}) AS s"
        ).format(sql.Identifier(store.name), sql.Literal(stores - 1))
    )
    everybody = sql.SQL("FROM generate_series(0, {}) AS s, generate_series(0, {}) AS a").format(
        sql.Literal(stores - 1), sql.Literal(ASSOCIATES - 1)
    )
    who = sql.SQL("md5(s || '/' || a)::uuid")
    for statement in (_ASSOCIATE, _POSTED, _SERVES):
        target.execute(
            sql.SQL(statement).format(
                associate=sql.Identifier(associate.name),
                posted=sql.Identifier(posted.name),
                affiliation=sql.Identifier(affiliation.name),
                card=sql.Identifier(card.name),
                who=who,
                everybody=everybody,
                busy=sql.Literal(BUSY),
            )
        )


_ASSOCIATE: Final = """INSERT INTO {associate} (key, associate_id, name, since)
    SELECT {who}, 'store-' || s || '.' || a, 'Ann', '2020-01-01' {everybody}"""
_POSTED: Final = """INSERT INTO {posted} (key, since, store_id) SELECT {who}, '2020-01-01', 'store-' || s {everybody}"""
_SERVES: Final = """INSERT INTO {affiliation} (client_id, affiliation_id, associate_id, store_id, but, since)
    SELECT client_id, md5(client_id::text || 'busy')::uuid, store_id || '.0', store_id, '{{}}', '2020-01-01'
    FROM (SELECT client_id, store_id, row_number() OVER (PARTITION BY store_id ORDER BY client_id) AS place
        FROM {card} AS c WHERE is_client AND store_id IS NOT NULL AND NOT EXISTS (SELECT FROM {affiliation} AS a
            WHERE a.client_id = c.client_id AND a.associate_id = c.store_id || '.0')) AS her
    WHERE place <= {busy} - (SELECT count(DISTINCT client_id) FROM {affiliation} AS a
        WHERE a.associate_id = her.store_id || '.0' AND (a.until IS NULL OR a.until >= '2026-10-01'))"""


def _in_one(target: psycopg.Connection[Any], organization_id: UUID) -> None:
    target.execute(
        sql.SQL(
            "INSERT INTO {} (client_id, membership_id, term, organization_id, tie, since, store_id) "
            "SELECT client_id, md5(client_id::text || 'everybody')::uuid, 1, {}, 'belonging', '2020-01-01', store_id "
            "FROM {} WHERE is_client"
        ).format(sql.Identifier(term.name), sql.Literal(organization_id), sql.Identifier(card.name))
    )


def _calendar(target: psycopg.Connection[Any], events: int, around: date) -> None:
    """Each on the calendar of an organization of its own; evenly over the year, however many there are."""
    names = {"event": sql.Identifier(calendar_event.name), "on": sql.Identifier(on_calendar.name)}
    target.execute(
        sql.SQL(
            "INSERT INTO {event} (calendar_event_id, name, kind, reach, starts_at, ends_at, time_zone, first_day, "
            "last_day, cancelled, event_id) SELECT md5('event' || n)::uuid, 'An evening', 'ball', 'national', day, "
            "day + interval '4 hours', 'UTC', day::date, day::date, false, md5('told' || n)::uuid "
            "FROM generate_series(1, {events}) AS n, LATERAL (SELECT {around}::timestamptz "
            "+ (n * 365 / {events} - 183) * interval '1 day') AS held (day)"
        ).format(**names, events=sql.Literal(events), around=sql.Literal(around.isoformat()))
    )
    target.execute(
        sql.SQL(
            "INSERT INTO {on} (calendar_event_id, organization_id) SELECT md5('event' || n)::uuid, organization_id "
            "FROM (SELECT organization_id, row_number() OVER (ORDER BY md5(organization_id::text)) AS n "
            "FROM (SELECT DISTINCT organization_id FROM {term}) AS every) AS each WHERE n <= {events}"
        ).format(**names, term=sql.Identifier(term.name), events=sql.Literal(events))
    )
