"""Which events are replayed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consumers.source import Record
from infra.events import Wanted, wanted
from infra.log.document import first_part, read_meta


@dataclass(frozen=True, slots=True)
class Selection:
    """The events to which all of this applies. `first` and `last` are positions in the log, both among them; `since`
    and `before` are when they were recorded. See `infra.events.wanted` for the others."""

    first: int = 1
    last: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    types: tuple[str, ...] = ()
    client: UUID | None = None
    stream: UUID | None = None

    def test(self) -> Wanted:
        """Raises `LookupError` for a type that there is not."""
        named = wanted(self.client, self.stream, self.types)

        def test(record: Record) -> bool:
            return named(record) and self._in_time(record)

        return test

    def _in_time(self, record: Record) -> bool:
        if self.since is None and self.before is None:
            return True
        try:
            at = read_meta(first_part(record.state)).recorded_at
        except ValueError:  # damaged: nobody knows when
            return False
        return (self.since is None or at >= self.since) and (self.before is None or at < self.before)
