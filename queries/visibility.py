"""Which rows a caller sees. The one place that decides it: every query has its predicate in the same SELECT.

The predicates name their parameters; a query that forgets to give them fails. What is hidden is unknown: 404. The same
rules, for commands, are pure functions of `domain/access.py`; the levels of sharing are the policy's.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.access import Privacy, Right, Role, Sharing, Viewer, require
from projections.affiliations import affiliation
from projections.client_card import card
from projections.gifts import GIFT, mark
from projections.house import posted
from queries.sql import by_key, holds

TODAY: Final = bindparam("today", type_=Date)


def parameters(viewer: Viewer, right: Right = Right.READ_CLIENTS) -> dict[str, Any]:
    """The parameters of the predicates for this caller; refuses with `NotAllowed` who may not read at all."""
    require(viewer, right)
    return {
        "caller_sees_all": viewer.sharing is Sharing.HOUSE,
        "caller_store": viewer.store_id if viewer.sharing is Sharing.STORE else None,
        "caller_serves_as": sorted(viewer.serves_as),
        "caller_id": viewer.id,
        "caller_manages": viewer.store_id if viewer.role is Role.MANAGER else None,
        "caller_works_at": viewer.store_id if viewer.role in {Role.ASSOCIATE, Role.MANAGER} else None,
        "caller_sees_books": viewer.role is Role.HEAD_OFFICE,
        "today": viewer.today,
    }


def client(client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether the caller sees the client with this id: the same as `sees_client` of the domain.

    Somebody who is no client is seen by who sees the client through whom the house knows her.
    """
    person, whose, tie = card.alias("person"), card.alias("whose"), affiliation.alias("tie")
    of_whom = case((person.c.is_client, person.c.client_id), else_=person.c.through)
    store = bindparam("caller_store", type_=Text)
    served = select(1).where(
        tie.c.client_id == whose.c.client_id,
        holds(tie.c.since, tie.c.until, TODAY),
        or_(herself(tie.c.associate_id), tie.c.store_id == store),
    )
    seen = (
        select(1)
        .select_from(person.join(whose, whose.c.client_id == of_whom))
        .where(person.c.client_id == client_id, whose.c.is_client, or_(whose.c.store_id == store, by_key(served)))
    )
    return or_(bindparam("caller_sees_all", type_=Boolean), by_key(seen))


def file(person: FromClause = card) -> ColumnElement[bool]:
    """Whether the person of this card is a client whom the caller sees: whoever is none has no file."""
    return and_(person.c.is_client, client(person.c.client_id))


def sale(client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether the caller sees a sale that stands on the client with this id: who sees the client does, and everybody
    one that stands on nobody."""
    return or_(client_id.is_(None), client(client_id))


def book(key: ColumnElement[UUID], associate_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the caller sees the book of this associate, `key` being the id of her stream: it is her own, the caller
    manages the store where the associate works, or answers for all stores."""
    last = (
        select(posted.c.store_id)
        .where(posted.c.key == key, posted.c.since <= TODAY)
        .order_by(posted.c.since.desc())
        .limit(1)
        .scalar_subquery()
    )
    return or_(
        herself(associate_id),
        bindparam("caller_sees_books", type_=Boolean),
        last == bindparam("caller_manages", type_=Text),
    )


def store(store_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the caller sees what is planned and done at this store: she works there, or answers for all stores."""
    return or_(bindparam("caller_sees_books", type_=Boolean), store_id == bindparam("caller_works_at", type_=Text))


def herself(associate_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the caller is this associate, or acts for her."""
    return associate_id == any_(bindparam("caller_serves_as", type_=ARRAY(Text)))


HER_FILE: Final = and_(card.c.client_id == bindparam("client_id", type_=Uuid), file())
"""The file that `client_id` names, if the caller sees it."""


def gift_to(released_on: ColumnElement[date], discreet: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the recipient's own file shows what others give her, to whomever it is open: the same as
    `shows_to_recipient` of the domain. Today is the day of the question, whatever day is asked about."""
    return and_(released_on.is_not(None), released_on <= TODAY, discreet.is_(False))


def at_counter(sale_id: ColumnElement[UUID], ordinal: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a line may show on a screen that is turned to who bought it: nothing of it is a surprise yet for anybody,
    who may stand beside her."""
    given = exists().where(mark.c.sale_id == sale_id, mark.c.ordinal == ordinal, mark.c.kind == GIFT)
    return ~given.where(~gift_to(mark.c.released_on, mark.c.discreet))


def no_surprise(sale_id: ColumnElement[UUID], client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether a sale that is or was this client's may be told of in her file: nothing of it is others' gift to her.

    Of one that holds such a gift it tells the piece alone, once `gift_to` says so, and never the sale.
    """
    return ~exists().where(mark.c.sale_id == sale_id, mark.c.recipient_id == client_id)


def note(
    keeper: ColumnElement[str], privacy: ColumnElement[str], circle: ColumnElement[list[str]]
) -> ColumnElement[bool]:
    """Whether the caller, who sees the client, reads this note about her: the same as `reads_note` of the domain."""
    caller_id = bindparam("caller_id", type_=Text)
    return or_(
        privacy == Privacy.OPEN.value,
        keeper == caller_id,
        and_(privacy == Privacy.CIRCLE.value, caller_id == any_(circle)),
    )
