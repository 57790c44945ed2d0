"""Which rows a caller sees. The one place that decides it: every query has its predicate in the same SELECT.

The predicates name their parameters; a query that forgets to give them fails. What is hidden is unknown: 404.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Text, and_, any_, bindparam, or_

from domain.access import Caller, Privacy, Right, require


def parameters(caller: Caller, right: Right = Right.READ_CLIENTS) -> dict[str, Any]:
    """The parameters of the predicates for this caller; refuses with `NotAllowed` who may not read at all."""
    require(caller, right)
    return {"caller_sees_all": True, "caller_id": caller.id}


def client(client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether the caller sees the client with this id: for now, who may read clients sees every client."""
    return bindparam("caller_sees_all", type_=Boolean)


def sale(client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether the caller sees a sale that stands on the client with this id, which may be nobody."""
    return bindparam("caller_sees_all", type_=Boolean)


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
