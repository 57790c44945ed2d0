"""Pages by keyset: a page begins behind the last row of the one before, so rows that arrive meanwhile move nothing.

The cursor holds that row's place, sealed: opaque, and only good for the caller, the query and the filters it was made
for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from pydantic import BaseModel

from domain.access import Caller
from domain.refusals import CursorInvalid
from queries.ports import Json, Seal

LARGEST: Final = 200
USUAL: Final = 50

Place = list[Any]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for: the rows behind `cursor`, at most `limit` of them."""

    seal: Seal
    limit: int = USUAL
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A request for a page, bound to who asks what."""

    paging: Paging
    context: bytes

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than shown tells whether there is another page."""
        return self.paging.limit + 1

    def after(self) -> Place | None:
        """The place behind which the page begins, as JSON keeps it; none for the first page.

        Raises `CursorInvalid` for a cursor that was made elsewhere, for others or by others.
        """
        if self.paging.cursor is None:
            return None
        try:
            place: Place = orjson.loads(self.paging.seal.open(self.paging.cursor, self.context))
        except ValueError:
            raise CursorInvalid("This cursor does not belong to this request.", "cursor") from None
        return place

    def answer(self, rows: Sequence[Any], shown: Callable[[Any], Any], place: Callable[[Any], Place]) -> Json:
        """The page: each row as it is shown, and the cursor to the next page if there is one."""
        limit = self.paging.limit
        cursor = None
        if len(rows) > limit:
            cursor = self.paging.seal.close(orjson.dumps(place(rows[limit - 1])), self.context)
        return {"items": [shown(row) for row in rows[:limit]], "next_cursor": cursor}


def bound(paging: Paging, caller: Caller, query: str, *filters: Any) -> Bound:
    return Bound(paging, orjson.dumps([query, caller.id, caller.role, caller.store_id, *filters], default=str))


def shown_as(shape: type[BaseModel]) -> Callable[[Any], Json]:
    """How a row is shown whose columns are named like the fields of its shape."""
    return lambda row: {name: getattr(row, name) for name in shape.model_fields}
