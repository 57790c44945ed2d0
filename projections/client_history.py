"""What ever happened to this client's data, and which events tell it?

References only: what an event says is read from the log when somebody asks, so that what was erased is gone here too.
Every event that leaves the house's inside has a row; a sale's rows are hers if it ever stood on her, up to when it left
her: what somebody else does with it is not told in her history.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Text, Uuid

from domain.catalog import CATALOG
from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LineServiced,
    LinesHandedOver,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
)
from projections.projection import Projection, Rows

client_history: Final = Projection("client_history", 3)

entry: Final = client_history.owned(
    "client_history",
    "key",
    Column("position", BigInteger, primary_key=True),
    Column("stream_id", Uuid),
    Column("stream_version", Integer),
    Column("name", Text),
    Column("recorded_at", DateTime(timezone=True)),
    Column("actor", Text),
    Column("note_id", Uuid),  # of an event about a note, which is for the note's readers only
    Column("of_gift", Boolean),  # it tells of a gift, which is of whom the sale stands on then, and of nobody else
)

# Which clients the events under a key ever named, other than the client whose key it is. Of a sale: from which event on
# it stood on her, the last time, and which event took it from her.
party: Final = client_history.owned(
    "client_history_party",
    "key",
    Column("client_id", Uuid, primary_key=True),
    Column("since", BigInteger),
    Column("until", BigInteger),
)
Index(f"{party.name}_client", party.c.client_id)

_PUBLISHED: Final = [event for name, event in CATALOG.events.items() if name not in CATALOG.internal]
_OF_GIFTS: Final = (GiftMarked, KeptForHerself, MarkRemoved, GiftReleaseSet, ProposalDeclined, LineServiced)


@client_history.on(*_PUBLISHED)
def happened(event: object, rows: Rows) -> None:
    it = rows.recorded
    rows.put(
        entry,
        position=it.position,
        stream_id=it.stream_id,
        stream_version=it.stream_version,
        name=it.name,
        recorded_at=it.recorded_at,
        actor=it.actor,
        note_id=getattr(event, "note_id", None),
        of_gift=_tells_of_a_gift(event),
    )
    if isinstance(event, LinesReturned | LinesHandedOver):
        return  # it says on whom the sale stands, as an earlier event did
    if isinstance(event, ClientAttached | ClientDetached) and event.previous_client_id is not None:
        rows.patch(party, client_id=event.previous_client_id, until=it.position)
    for named in ("client_id", "other_id"):
        client_id = getattr(event, named, None)
        if client_id not in (None, it.key):
            rows.put(party, client_id=client_id, since=it.position)


def _tells_of_a_gift(event: object) -> bool:
    if isinstance(event, LinesReturned):
        return any(line.mark_id is not None for line in event.lines)
    return isinstance(event, _OF_GIFTS)
