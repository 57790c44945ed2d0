"""`carnet` with faults that quote what they met: `python -m tests.support.failing api`, or any other command.

An event whose contact point holds "handler" fails in its handler, one with "database" in the database, and a command
whose e-mail holds "append" fails while it is appended; each error repeats the value in its text.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from commands.ports import Change, Request
from domain.client.events import ContactPointAdded
from infra.cli import main
from infra.log.streams import LogStreams
from projections.client_card import card, client_card
from projections.projection import Rows


def _plant() -> None:
    handler, append = client_card.handlers[ContactPointAdded], LogStreams.append

    def failing_handler(event: Any, rows: Rows) -> None:
        if "handler" in str(event.value):
            raise KeyError(event.value)
        if "database" in str(event.value):
            rows.patch(card, registered_at=event.value)
        else:
            handler(event, rows)

    def failing_append(self: LogStreams, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        if "append" in str(changes):
            raise psycopg.errors.InvalidTextRepresentation(f"invalid input: {changes}")
        return append(self, changes, request)

    client_card.handlers[ContactPointAdded] = failing_handler
    LogStreams.append = failing_append  # type: ignore[method-assign]


if __name__ == "__main__":
    _plant()
    main()
