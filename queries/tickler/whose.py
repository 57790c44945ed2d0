"""Of which clients ticklers are asked: of those an associate serves, of a store's, of one, or of all.

Those who died have none. `put_off` says of whom something was put off and is open: of hers, whatever was due before
the days that are asked about is looked at as well.
"""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    except_,
    false,
    or_,
    select,
    union,
    union_all,
)

from projections.affiliations import affiliation
from projections.client_card import card
from projections.house import associate, posted
from projections.purchase_history import sale
from projections.ticklers import done, follow_up
from queries import visibility
from queries.book import SERVED
from queries.sql import by_key, holds
from queries.stores_shopped import HOME_SINCE
from queries.tickler.rules import ON

ASSOCIATE_ID: Final = bindparam("associate_id", type_=Text)
STORE_ID: Final = bindparam("store_id", type_=Text)
CLIENT_ID: Final = bindparam("client_id", type_=Uuid)


def _found(ids: FromClause | None, *which: Any, acted: bool = True) -> Select[Any]:
    """`acted`: whether it counts what people did with ticklers."""
    put_off = by_key(
        select(1)
        .where(done.c.client_id == card.c.client_id, done.c.snoozed_until.is_not(None), done.c.ended.is_(None))
        .correlate(card)
    )
    columns = card.c["client_id", "store_id", "registered_at", "event_id"]
    found = select(*columns, (put_off if acted else false()).label("put_off")).where(
        ~card.c.died, visibility.file(), *which
    )
    if ids is not None:
        ids = select(ids).order_by(ids.c.client_id).subquery("in_order")
        found = found.join(ids, ids.c.client_id == card.c.client_id)
    return found


def _clients(*found: Select[Any]) -> CTE:
    """Before anything else, and once for all causes; in the order of the indexes in which these look her up."""
    each = union_all(*found).subquery("each")
    return select(each).order_by(each.c.client_id).cte("clients").prefix_with("MATERIALIZED")


_LATER: Final = posted.alias("later")
_STAFF: Final = (
    select(associate.c.associate_id)
    .join_from(posted, associate, associate.c.key == posted.c.key)
    .where(
        posted.c.store_id == STORE_ID,
        posted.c.since <= ON,
        ~select(1).where(_LATER.c.key == posted.c.key, _LATER.c.since > posted.c.since, _LATER.c.since <= ON).exists(),
        or_(associate.c.left_on.is_(None), associate.c.left_on >= ON),
    )
    .cte("staff")
    .prefix_with("MATERIALIZED")
)
"""Who works at the store on the day."""

STAFF: Final = select(_STAFF.c.associate_id)


_HERE: Final = and_(card.c.store_id == STORE_ID, card.c.is_client)
_ELSEWHERE: Final = union(
    select(affiliation.c.client_id)
    .join(_STAFF, _STAFF.c.associate_id == affiliation.c.associate_id)
    .where(holds(affiliation.c.since, affiliation.c.until, ON)),
    select(done.c.client_id).join(_STAFF, _STAFF.c.associate_id == done.c.owner),
    select(follow_up.c.client_id).join(_STAFF, _STAFF.c.associate_id == follow_up.c.owner),
    select(sale.c.client_id).where(sale.c.store_id == STORE_ID, sale.c.occurred_at >= HOME_SINCE),
)

OF_ASSOCIATE: Final = _clients(
    _found(
        union(
            SERVED,
            select(done.c.client_id).where(done.c.owner == ASSOCIATE_ID),
            select(follow_up.c.client_id).where(follow_up.c.owner == ASSOCIATE_ID),
        ).subquery("hers")
    )
)
"""Those whom she serves, and those of whom something was handed over to her."""

OF_STORE: Final = _clients(
    # Nearly all, and found one after the other; only the others are looked up.
    _found(None, _HERE),
    _found(except_(_ELSEWHERE, select(card.c.client_id).where(_HERE)).subquery("elsewhere")),
)
"""Those whom somebody of the store serves, and those whose home store it may be."""

OF_CLIENT: Final = _clients(_found(None, card.c.client_id == CLIENT_ID))

OF_ALL: Final = _clients(_found(None, acted=False))
"""Of whom it does not count what people did with ticklers."""
