"""What a call needs, for the ticklers of one page, set-wise: who it is about, why, how she is reached, what was said
last, what she gave for the occasion before, and what is better not mentioned."""

from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Uuid, and_, case, cast, func, literal_column, null, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array

from domain.occasion import Source
from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause
from projections.calendar import calendar_event
from projections.client_card import card
from projections.family import side
from projections.gifts import GIFT, mark
from projections.house import associate
from projections.invitations import invitation
from projections.purchase_history import line
from queries.client_card import name_of
from queries.contactable import Conversation, ReachedAt, last_conversations, reached_at
from queries.gift_columns import DO_NOT_MENTION, RETURNED, giver
from queries.invited import STANDS_HOW
from queries.sql import combined, listed, shown
from queries.stores_shopped import home_store

_MOST: Final = 5
"""How many earlier gifts, or gifts not to mention, are told at most."""

_HERS: Final = and_(giver.c.sale_id == mark.c.sale_id, giver.c.mark_id == mark.c.mark_id)
_LINE: Final = and_(line.c.sale_id == mark.c.sale_id, line.c.ordinal == mark.c.ordinal)


def told(page: CTE) -> Select[Any]:
    """The rows of a page as they are shown: `shown`, with `due` and `tickler_id`, by which they are in order."""
    person, keeper, sold, link = card.alias("person"), associate.alias("keeper"), line.alias("sold"), _link(page)
    clients = select(page.c.client_id).distinct()
    points, discreet = _once(reached_at(clients), "point"), _once(reached_at(clients, surprise=True), "discreet")
    said = _once(last_conversations(clients), "said")
    is_surprise = or_(page.c.person_id.is_not(None), _gives(page).exists())
    columns = {
        "tickler_id": page.c.tickler_id,
        "about": combined(rule_id=page.c.rule_id, cause=page.c.cause, occurrence=page.c.occurrence),
        **{name: page.c[name] for name in ("version", "text", "state", "due", "shows_on", "expires_on")},
        "put_off_until": page.c.put_off_until,
        "owner": _object(
            associate_id=page.c.owned_by,
            name=keeper.c.name,
            store_id=case((page.c.owned_by.is_(None), home_store(card.c.client_id, card.c.store_id))),
        ),
        "client": combined(client_id=card.c.client_id, name=name_of()),
        "person": combined(
            client_id=page.c.person_id, link_id=page.c.link_id, name=name_of(person), relation=link.c.relation
        ),
        "why": _why(page, sold, link),
        "calendar_event": combined(
            calendar_event_id=calendar_event.c.calendar_event_id,
            **{name: calendar_event.c[name] for name in ("name", "kind", "first_day", "last_day")},
            standing=STANDS_HOW,
        ),
        "contact_point": case(
            (is_surprise, _one(discreet, ReachedAt)),
            else_=_one(points, ReachedAt),
        ),
        "last_conversation": _one(said, Conversation),
        "given": listed(_given(page)),
        "given_to": listed(_given_to(page)),
        "not_to_mention": listed(_not_to_mention(page)),
        "ended": combined(
            how=page.c.how,
            by=page.c.ended_by,
            at=page.c.ended_at,
            outreach_id=page.c.outreach_id,
            remark=page.c.remark,
        ),
    }
    row = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(page.join(card, card.c.client_id == page.c.client_id))
        .outerjoin(person, person.c.client_id == page.c.person_id)
        .outerjoin(link, true())
        .outerjoin(keeper, keeper.c.associate_id == page.c.owned_by)
        .outerjoin(sold, and_(sold.c.sale_id == page.c.sale_id, sold.c.ordinal == page.c.ordinal))
        .outerjoin(calendar_event, calendar_event.c.calendar_event_id == page.c.calendar_event_id)
        .outerjoin(
            invitation,
            and_(
                invitation.c.client_id == page.c.client_id,
                invitation.c.calendar_event_id == page.c.calendar_event_id,
            ),
        )
        .outerjoin(points, points.c.client_id == page.c.client_id)
        .outerjoin(discreet, discreet.c.client_id == page.c.client_id)
        .outerjoin(said, said.c.client_id == page.c.client_id)
        .subquery("tickler")
    )
    return select(*row.c["due", "tickler_id"], shown(row).label("shown")).order_by(row.c.due, row.c.tickler_id)


def _once(rows: Select[Any], name: str) -> CTE:
    """Worked out once, and not for each row that it is joined to."""
    return rows.cte(name).prefix_with("MATERIALIZED")


def _object(**columns: ColumnElement[Any]) -> ColumnElement[Any]:
    named = [part for name, column in columns.items() for part in (literal_column(f"'{name}'"), column)]
    return func.json_build_object(*named)


def _one(of: Any, shape: type[Any]) -> ColumnElement[Any]:
    return combined(**{name: of.c[name] for name in shape.model_fields})


def _link(page: CTE) -> Any:
    """By which link somebody is linked to the client: of several terms the last."""
    return (
        select(side.c.relation, side.c.event_id)
        .where(side.c.link_id == page.c.link_id, side.c.person_id == page.c.client_id)
        .order_by(side.c.term.desc())
        .limit(1)
        .lateral("link")
    )


def _why(page: CTE, sold: Any, link: Any) -> ColumnElement[Any]:
    def by(*kinds: str) -> ColumnElement[Any]:
        return case((page.c.kind.in_(kinds), page.c.cause))

    said_by = array([page.c.event_id, link.c.event_id], type_=Uuid())
    marked_by = func.array_agg(aggregate_order_by(mark.c.event_id, mark.c.mark_id), type_=ARRAY(Uuid()))
    events = func.array_cat(said_by, _gives(page).with_only_columns(marked_by).order_by(None).scalar_subquery())
    return _object(
        kind=page.c.kind,
        day=page.c.day,
        name=func.coalesce(page.c.name, sold.c.description),
        at=page.c.at,
        category=page.c.matter,
        date_id=case((~page.c.cause.contains("/"), by(Cause.OWN_DATE, Cause.LINKED_DATE))),
        link_id=page.c.link_id,
        calendar_event_id=page.c.calendar_event_id,
        sale_id=page.c.sale_id,
        ordinal=page.c.ordinal,
        gift_id=page.c.mark_id,
        appointment_id=by(Cause.APPOINTMENT),
        visit_id=by(Cause.VISIT),
        follow_up_id=by(OWN_WORDS),
        events=func.array_remove(events, cast(null(), Uuid)),
    )


def _gives(page: CTE) -> Select[Any]:
    """The marks of a line that she bought which say that she gives it away."""
    return (
        select(mark.c.mark_id)
        .join_from(mark, giver, _HERS)
        .where(
            page.c.kind == Cause.PURCHASE.value,
            mark.c.sale_id == page.c.sale_id,
            mark.c.ordinal == page.c.ordinal,
            mark.c.kind == GIFT,
            giver.c.giver_id == page.c.client_id,
        )
        .order_by(mark.c.mark_id)
        .correlate(page)
    )


def _given_to(page: CTE) -> Select[Any]:
    recipient = card.alias("recipient")
    return (
        _gives(page)
        .with_only_columns(recipient.c.client_id, name_of(recipient).label("name"))
        .join(recipient, recipient.c.client_id == mark.c.recipient_id)
    )


def _given(page: CTE) -> Select[Any]:
    """What she gave to whom it is about, for the same occasion, before this day."""
    source = case((page.c.cause.contains("/"), Source.ANNIVERSARY.value), else_=Source.OWN.value)
    return (
        select(
            mark.c.mark_id.label("gift_id"),
            mark.c.occasion_day.label("day"),
            *line.c["sku", "description", "brand", "category"],
            mark.c.quantity,
            RETURNED.label("returned_quantity"),
        )
        .select_from(giver.join(mark, _HERS).join(line, _LINE))
        .where(
            giver.c.giver_id == page.c.client_id,
            mark.c.recipient_id == page.c.person_id,
            mark.c.occasion_source == source,
            mark.c.occasion_name == page.c.name,
            mark.c.occasion_day < page.c.day,
        )
        .order_by(mark.c.occasion_day.desc(), mark.c.sale_id, mark.c.mark_id)
        .limit(_MOST)
        .correlate(page)
    )


def _not_to_mention(page: CTE) -> Select[Any]:
    recipient = card.alias("recipient")
    whose = combined(client_id=recipient.c.client_id, name=name_of(recipient)).label("recipient")
    return (
        select(mark.c.mark_id.label("gift_id"), line.c.description, whose)
        .select_from(
            giver.join(mark, _HERS).join(line, _LINE).outerjoin(recipient, recipient.c.client_id == mark.c.recipient_id)
        )
        .where(giver.c.giver_id == page.c.client_id, mark.c.kind == GIFT, DO_NOT_MENTION)
        .order_by(mark.c.marked_at.desc(), mark.c.mark_id)
        .limit(_MOST)
        .correlate(page)
    )
