"""Whose a tickler is: of exactly one associate, or of nobody, and then of the store."""

from typing import Final

from sqlalchemy import ColumnElement, FromClause, Integer, Text, and_, case, cast, func, select, true

from domain.tickler_rule import Owner
from projections.affiliations import affiliation
from projections.house import associate
from projections.purchase_history import line
from queries.affiliation import covers, primary
from queries.sql import holds
from queries.tickler.rules import ON

_SERVES: Final = affiliation.alias("serving")
_IN_FORCE: Final = holds(_SERVES.c.since, _SERVES.c.until, ON)


def served_by(of: FromClause, associate_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether she serves the client of a row for its matter."""
    hers = and_(_SERVES.c.client_id == of.c.client_id, _SERVES.c.associate_id == associate_id, _IN_FORCE)
    return select(1).where(hers, covers(_SERVES, of.c.matter)).correlate(of).exists()


def owner(of: FromClause, handed_to: ColumnElement[str]) -> ColumnElement[str]:
    """Whose a row is: of whom it was handed over to or written for, as long as she is with the house, else of whom the
    rule says, and where there is none, of the next."""
    by_seller = of.c.owner == Owner.SELLER.value
    by_category = and_(of.c.owner.in_((Owner.SELLER.value, Owner.CATEGORY.value)), of.c.matter.is_not(None))
    return func.coalesce(
        _present(handed_to),
        case((of.c.version.is_(None), _present(of.c.associate_id))),
        case((by_seller, _met_by(of))),
        case((by_seller, _seller(of))),
        case((by_category, _of_category(of))),
        primary(of.c.client_id),
        type_=Text,
    )


def _present(associate_id: ColumnElement[str]) -> ColumnElement[str]:
    left = select(1).select_from(associate).where(associate.c.associate_id == associate_id, associate.c.left_on < ON)
    return case((and_(associate_id.is_not(None), ~left.correlate_except(associate).exists()), associate_id))


def _met_by(of: FromClause) -> ColumnElement[str]:
    """With whom the appointment was, or who showed her something, if she still serves her."""
    return case((_still_serves(of, of.c.associate_id), of.c.associate_id))


def _still_serves(of: FromClause, associate_id: ColumnElement[str]) -> ColumnElement[bool]:
    hers = and_(_SERVES.c.client_id == of.c.client_id, _SERVES.c.associate_id == associate_id, _IN_FORCE)
    return select(1).select_from(_SERVES).where(hers).correlate_except(_SERVES).exists()


def _seller(of: FromClause) -> ColumnElement[str]:
    """Who sold most of the line and still serves the client; of two alike who is named first."""
    each = (
        func.jsonb_array_elements(line.c.sellers)
        .table_valued("said", with_ordinality="place")
        .render_derived(name="seller")
    )
    name = each.c.said.op("->>")("associate_id")
    return (
        select(name)
        .select_from(line.join(each, true()))
        .where(line.c.sale_id == of.c.sale_id, line.c.ordinal == of.c.ordinal, _still_serves(of, name))
        .order_by(cast(each.c.said.op("->>")("parts"), Integer).desc(), each.c.place)
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )


def _of_category(of: FromClause) -> ColumnElement[str]:
    """Who serves her for the category: for it by name before for whatever she buys, the primary one first, then for
    the longest time."""
    return (
        select(_SERVES.c.associate_id)
        .where(_SERVES.c.client_id == of.c.client_id, _IN_FORCE, covers(_SERVES, of.c.matter))
        .order_by(
            _SERVES.c.only.is_(None),
            (_SERVES.c.associate_id == primary(of.c.client_id)).is_not(true()),
            _SERVES.c.since.asc().nulls_first(),
            _SERVES.c.associate_id,
        )
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )
