"""What every line of a timeline has: when, what kind, which; and how the rows of a kind are written down."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, DateTime, Select, Text, Uuid, bindparam, cast, func, literal_column, or_, select

from queries.visibility import TODAY


class Kind(StrEnum):
    """What passed between a client and the house."""

    SALE = "sale"
    ORDER = "order"
    GOODS_HANDED_OVER = "goods-handed-over"
    RETURN = "return"
    NOTE = "note"
    TAKEN_UP = "taken-up"
    NAME_CORRECTED = "name-corrected"
    NAME_ADDED = "name-added"
    CONTACT_POINT_ADDED = "contact-point-added"
    ADDRESS_ADDED = "address-added"
    DATE_LEARNED = "date-learned"
    TRAIT_LEARNED = "trait-learned"
    DEATH = "death"
    LINK_BEGUN = "link-begun"
    LINK_ENDED = "link-ended"
    MEMBERSHIP_BEGUN = "membership-begun"
    MEMBERSHIP_ENDED = "membership-ended"
    AFFILIATION_BEGUN = "affiliation-begun"
    AFFILIATION_ENDED = "affiliation-ended"
    PRIMARY_NAMED = "primary-named"
    HANDOVER = "handover"
    OUTREACH = "outreach"
    VISIT = "visit"
    APPOINTMENT = "appointment"
    INVITED = "invited"
    PREVIEWED = "previewed"
    ANSWERED = "answered"
    ATTENDED = "attended"


class Line(BaseModel):
    at: Annotated[
        datetime,
        Field(
            description="When it was. Of what has a day only, the start of that day in UTC; where even that is "
            "unknown, when it was recorded."
        ),
    ]
    id: Annotated[str, Field(description="Which of its kind: the id of the thing it is about, where it has one.")]


CLIENT_ID: Final[ColumnElement[UUID]] = bindparam("client_id", type_=Uuid)


def lines(kind: Kind, at: ColumnElement[Any], id: ColumnElement[Any], *columns: ColumnElement[Any]) -> Select[Any]:
    """The rows of one kind, as they are shown: `columns` as the shape of the kind names them."""
    return select(
        at.label("at"),
        literal_column(f"'{kind}'", Text).collate("C").label("kind"),
        cast(id, Text).collate("C").label("id"),
        *columns,
    )


def day_or(day: ColumnElement[Any], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    """The start of the day in UTC; of none the other time."""
    return func.coalesce(func.timezone("UTC", cast(day, DateTime)), otherwise)


def come(day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the day, if there is one, has come: what is only going to be is on no timeline."""
    return or_(day.is_(None), day <= TODAY)
