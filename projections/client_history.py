"""What ever happened to this client's data, and which events tell it?

References only: what an event says is read from the log when somebody asks, so that what was erased is gone here too.
Every event that leaves the house's inside has a row; a sale's rows are hers if she ever stood on it.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text, Uuid

from domain.catalog import CATALOG
from projections.projection import Projection, Rows

client_history: Final = Projection("client_history", 2)

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
)

# Which clients the events under a key ever named, other than the client whose key it is.
party: Final = client_history.owned("client_history_party", "key", Column("client_id", Uuid, primary_key=True))
Index(f"{party.name}_client", party.c.client_id)

_PUBLISHED: Final = [event for name, event in CATALOG.events.items() if name not in CATALOG.internal]


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
    )
    # Whom an event takes a sale from was named by an earlier event of the sale.
    for named in ("client_id", "other_id"):
        client_id = getattr(event, named, None)
        if client_id not in (None, it.key):
            rows.put(party, client_id=client_id)
