"""What every tickler has, whatever it follows from: the columns in which all causes are one table."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    SelectBase,
    Subquery,
    Table,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import TypeEngine

from domain.tickler_rule import Cause
from projections.client_card import card
from queries.sql import by_key, for_each


class Ground(NamedTuple):
    """What every cause is asked of: of which clients (`queries/tickler/whose.py`), and by which rules
    (`queries/tickler/rules.py`). `store` is the one that took most of the clients up, if any did."""

    whose: FromClause
    rules: FromClause
    store: ColumnElement[str] | None = None


def rows_of(of: Ground, table: Table, *names: str) -> SelectBase:
    """The rows of each client, with `client_id`, in a table that says where she was taken up: those of a store one
    after the other, by its index, and only the others by look-ups, each of which goes to a page of its own."""
    whose = of.whose
    each = for_each(select(*table.c[*names]).where(table.c.client_id == whose.c.client_id), "each")
    by_client = select(whose.c.client_id, *each.c).join_from(whose, each, true())
    if of.store is None:
        return by_client
    here = few(select(*table.c["client_id", *names]).where(table.c.store_id == of.store))
    by_store = select(*here.c).join_from(whose, here, here.c.client_id == whose.c.client_id)
    elsewhere = whose.c.store_id.is_distinct_from(of.store)
    return union_all(by_store.where(whose.c.store_id == of.store), by_client.where(elsewhere))


COLUMNS: Final[Mapping[str, TypeEngine[Any]]] = {
    "client_id": Uuid(),
    "rule_id": Text(),
    "version": Integer(),
    "kind": Text(),
    "cause": Text(),
    "occurrence": Text(),
    "day": Date(),  # of the cause
    "due": Date(),
    "shows_on": Date(),
    "expires_on": Date(),  # NULL: never
    "over_on": Date(),  # the day since when there is no reason for it any more
    "text": Text(),
    "owner": Text(),  # by which rule it has one
    "matter": Text(),  # the category of goods that it is about
    "associate_id": Text(),  # who wrote it for whom, sold, or met her
    "sale_id": Uuid(),
    "ordinal": Integer(),
    "mark_id": Uuid(),
    "person_id": Uuid(),
    "link_id": Uuid(),
    "calendar_event_id": Uuid(),
    "name": Text(),
    "at": DateTime(timezone=True),  # of what was at a time
    "event_id": Uuid(),
}


def not_dead(of: Ground, rows: FromClause, person_id: ColumnElement[UUID]) -> tuple[FromClause, ColumnElement[bool]]:
    """Rows, and whether the person of each is not known to have died: no client of the list did, and only who is none
    of them is looked up."""
    client = of.whose.alias()
    dead = by_key(select(1).where(card.c.client_id == person_id, card.c.died).correlate_except(card))
    lives = or_(person_id.is_(None), client.c.client_id.is_not(None), ~dead)
    return rows.outerjoin(client, client.c.client_id == person_id), lives


def row(**columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns of a row in their order; what is not named is NULL."""
    if unknown := columns.keys() - COLUMNS.keys():
        raise TypeError(f"a tickler has no {', '.join(sorted(unknown))}")
    return [cast(columns.get(name, null()), type_).label(name) for name, type_ in COLUMNS.items()]


def by_rule(
    of: Ground,
    kind: ColumnElement[str],
    day: ColumnElement[date],
    days: ColumnElement[int] | None = None,
    **columns: Any,
) -> list[ColumnElement[Any]]:
    """The columns of what follows from a rule about this kind of cause: due so many days from the day of the cause, by
    default as the rule says."""
    rules = of.rules
    due = day + (rules.c.days if days is None else days)
    said = {
        "client_id": of.whose.c.client_id,
        "rule_id": rules.c.rule_id,
        "version": rules.c.version,
        "kind": kind,
        "occurrence": ONCE,
        "day": day,
        "due": due,
        "shows_on": due - rules.c.shown,
        "expires_on": due + rules.c.expires,
        "text": rules.c.text,
        "owner": rules.c.owner,
    }
    return row(**{**said, **columns})


def in_time(
    of: Ground, day: ColumnElement[date], days: ColumnElement[int] | None = None
) -> tuple[ColumnElement[bool], ...]:
    """Whether the version of the rule holds for this day, and it is due among the days asked about; of whom something
    was put off, whatever was due before."""
    whose, rules = of.whose, of.rules
    due = day + (rules.c.days if days is None else days)
    return (
        # What is plain before more is asked.
        day <= rules.c.last_day,
        or_(day >= rules.c.first_day, whose.c.put_off),
        rules.c.since <= day,
        or_(rules.c.until.is_(None), day < rules.c.until),
        due <= rules.c.last,
        or_(due >= rules.c.first, whose.c.put_off),
    )


def about(of: Ground, cause: Cause) -> ColumnElement[bool]:
    """Whether the rule is about this cause."""
    return of.rules.c.cause == is_(cause)


def is_(word: str) -> ColumnElement[str]:
    """A word of ours, as it stands: no parameter, so that it is known when a plan is made."""
    return literal_column(f"'{word}'", Text)


def chosen(kinds: ColumnElement[Any], kind: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a list of a rule names this, or nothing, which is everything."""
    return or_(func.cardinality(kinds) == 0, kind == func.any(kinds))


def few(rows: Select[Any]) -> Subquery:
    """Rows that are found before anything is asked that takes longer: the offset keeps them apart."""
    return rows.offset(literal_column("0")).subquery()


ONCE: Final = literal_column("'once'", Text)


def tickler_id(of: Any) -> ColumnElement[UUID]:
    """The id of a row; the same as `tickler_id` of the domain."""
    line = literal_column("E'\\n'", Text)
    parts = (of.c.rule_id, line, cast(of.c.client_id, Text), line, of.c.cause, line, of.c.occurrence)
    said = func.sha256(func.convert_to(func.concat(*parts), "UTF8"))
    return cast(func.encode(func.substr(said, 1, 16), "hex"), Uuid)


def in_year(year: ColumnElement[int], month: ColumnElement[int], day: ColumnElement[int]) -> ColumnElement[date]:
    """The day of a calendar day in a year; the same as `CalendarDay.in_year` of the domain."""
    is_leap = and_(year % 4 == 0, or_(year % 100 != 0, year % 400 == 0))
    kept = case((and_(month == 2, day == 29, ~is_leap), 28), else_=func.coalesce(day, 1))
    return func.make_date(year, month, kept, type_=Date)


def once_each(rows: Select[Any], *key: str, prefer: Iterable[ColumnElement[Any]]) -> Select[Any]:
    """Of rows with the same key the one that is preferred."""
    numbered = rows.add_columns(
        func.row_number()
        .over(partition_by=[rows.selected_columns[name] for name in key], order_by=tuple(prefer))
        .label("place")
    ).subquery()
    return select(*(numbered.c[name] for name in COLUMNS)).where(numbered.c.place == 1)
