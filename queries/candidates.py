"""Who could be somebody, by the indexes: all who share a key of `queries/resemblance.py` with her, and namesakes whose
names are a typing error away. And what of the chosen ones is compared, read set-wise, however many they are.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from projections.client_card import address, card, contact_point
from projections.client_facts import date
from projections.client_facts import name as other_name
from projections.spelling import (
    beginnings,
    email_keys,
    exact,
    joined,
    lines_key,
    mailbox,
    phone_keys,
    read_as,
    typed,
    where_keys,
)
from queries import visibility
from queries.resemblance import Person, birthday, person
from queries.sql import texts

CANDIDATES: Final = 200
"""How many clients are weighed for each way in which they could be found."""


class Compared(NamedTuple):
    """A client as she is compared, and her row as she is shown."""

    person: Person
    row: Any


def candidates(someone: Person) -> Select[Any]:
    """Every client whom the caller sees who could be this person, and whether there may be `more`; needs the parameters
    of visibility and `candidates`."""
    ways = [
        select(literal(number).label("way"), _seen(way).subquery().c.client_id)
        for number, way in enumerate(_ways(someone))
    ]
    found = union_all(*ways, _NOBODY).cte("found")
    ways_taken = select(func.count().label("clients")).select_from(found).group_by(found.c.way).subquery()
    more = select(func.coalesce(func.bool_or(ways_taken.c.clients >= bindparam("candidates")), false()))
    chosen = select(found.c.client_id).distinct().cte("chosen")
    return compared(chosen).add_columns(more.scalar_subquery().label("more"))


def compared(chosen: CTE) -> Select[Any]:
    """Each of the chosen clients with all that she is compared by; `chosen` has a column `client_id`."""
    facts = (
        _by_client(chosen, other_name, "names", "family", "given", "reading"),
        _by_client(chosen, date, "days", "year", "month", "day", where=date.c.kind == "birthday"),
        _by_client(chosen, contact_point, "points", "kind", "value"),
        _by_client(chosen, address, "places", "lines", "postal_code", "city"),
    )
    hers = chosen.join(card, card.c.client_id == chosen.c.client_id)
    for each in facts:
        hers = hers.outerjoin(each, each.c.client_id == chosen.c.client_id)
    shown = card.c["client_id", "family", "given", "title", "store_id", "died"]
    return select(*shown, *(each.c[1] for each in facts)).select_from(hers)


def comparable(rows: Iterable[Any]) -> Iterator[Compared]:
    """The rows of `compared`, folded."""
    for row in rows:
        names = [(row.given, row.family)]
        for family, given, reading in row.names or ():
            names.append((given, family))
            if read := read_as(reading):
                names.append(read)
        points = row.points or ()
        born = (day for written in row.days or () if (day := birthday(*written)))
        someone = person(
            row.client_id,
            names,
            next(born, None),
            [value for kind, value in points if kind == "email"],
            [value for kind, value in points if kind == "phone"],
            row.places or (),
        )
        yield Compared(someone, row)


def _by_client(
    chosen: CTE, table: Table, name: str, *columns: str, where: ColumnElement[bool] | None = None
) -> Subquery:
    """What is known of each client, oldest first, one row for each."""
    facts = func.json_build_array(*(table.c[column] for column in columns))
    oldest_first = aggregate_order_by(facts, table.c.added_at, *table.primary_key.columns)
    return (
        select(table.c.client_id, func.json_agg(oldest_first).label(name))
        .where(table.c.client_id.in_(select(chosen.c.client_id)), *(() if where is None else (where,)))
        .group_by(table.c.client_id)
        .subquery(name)
    )


# ----------------------------------------------------------------------------------------------------------- by which


def _seen(way: Select[tuple[UUID]]) -> Select[tuple[UUID]]:
    hers = card.c.client_id
    return select(hers).where(card.c.is_client, hers.in_(way), visibility.client(hers)).limit(bindparam("candidates"))


_NOBODY: Final = select(literal(-1).label("way"), card.c.client_id).where(false())


def _ways(someone: Person) -> Iterator[Select[tuple[UUID]]]:
    """Each way on its own, so that one by which there are many leaves room for the others."""
    reached = [email_keys(each) for each in someone.emails] + [phone_keys(each) for each in someone.phones]
    if reached:
        # All keys of a contact point are those of this very one.
        yield _who(contact_point, *(contact_point.c["keys"].contains(texts(each)) for each in reached))
    if someone.emails:
        yield _who(contact_point, _has(contact_point, *map(mailbox, someone.emails)))
    full = [each for each in someone.names if all(each)]
    for table in (card, other_name) if full else ():
        yield _who(table, _has(table, *(key for each in full for key in beginnings(*each))))
        yield _who(table, *(and_(*(_has(table, *typed(joined(part.split()))) for part in each)) for each in full))
    if someone.birthday:
        yield _born_with(someone)
    for where in someone.places:
        if where.postal_code:
            [post] = where_keys(where.postal_code, "")
            named = _called(address, someone.parts, 4)
            yield _who(address, and_(_has(address, post), named))
        if where.lines:
            yield _who(address, _has(address, lines_key(where.lines)))


def _born_with(someone: Person) -> Select[tuple[UUID]]:
    """Who has her birthday or, with its year, one in the same month, and a part of her name or her place."""
    born, day = date.c, someone.birthday
    year = int(day[:-4]) if len(day) == 8 else None
    same_year = born.year.is_(None) if year is None else born.year == year
    same_day = and_(born.month == int(day[-4:-2]), born.day == int(day[-2:]))
    where = [key for each in someone.places for key in where_keys(each.postal_code, each.city)]
    there = select(1).where(address.c.client_id == born.client_id, _has(address, *where)).correlate(date).exists()
    begins = _called(date, someone.parts, 5)
    with_her = [
        and_(same_day, or_(begins, and_(same_year, or_(_called(date, someone.parts, 3), there)))),
        *([] if year is None else [and_(same_year, born.month == int(day[-4:-2]), begins)]),
    ]
    return select(born.client_id).where(born.kind == "birthday", or_(*with_her))


def _who(table: Table, *conditions: ColumnElement[bool]) -> Select[tuple[UUID]]:
    return select(table.c.client_id).where(or_(*conditions))


def _has(table: Table, *keys: str) -> ColumnElement[bool]:
    held: ColumnElement[bool] = table.c["keys"].overlap(texts(keys))
    return held


def _called(of: Table, parts: Iterable[str], size: int) -> ColumnElement[bool]:
    """Whether a part of any name of the client of this row begins like one of the parts, by so many letters.

    Looked up row by row: of an `EXISTS` among others the planner would make a scan of all names.
    """
    wanted = [exact(part[:size]) + ("%" if len(part) >= size else "") for part in parts]
    named = []
    for table in (card, other_name):
        key = func.unnest(table.c["keys"]).column_valued()
        begins = select(1).where(key.like(any_(texts(wanted)))).correlate(table).exists()
        hers = select(literal(1)).where(table.c.client_id == of.c.client_id, begins).correlate(of).limit(1)
        named.append(hers.scalar_subquery().is_not(None))
    return or_(*named)
