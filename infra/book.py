"""Whose clients they are, for commands that need to know where to look: from the read model, once it is up to date."""

from collections.abc import Sequence
from datetime import date
from time import monotonic, sleep
from typing import Final
from uuid import UUID

import psycopg
from sqlalchemy import NullPool, create_engine

from domain.catalog import CATALOG
from domain.refusals import ReadModelBehind
from infra.broker.position import read_relayed
from infra.broker.topics import Topics
from infra.log.application import Log
from infra.log.source import PARTITION
from infra.sql import read_models
from infra.sql.engine import sqlalchemy_url
from projections.affiliations import affiliations
from queries.book import IN_BOOK

# How long a command waits for the read model, and how often it looks, in seconds.
PATIENCE: Final = 2.0
_LOOK_EVERY: Final = 0.05

_INTERNAL: Final = sorted(CATALOG.internal)


class ReadModelBook:
    """Implements `commands.ports.Book`; without `kafka` the projectors read the log itself."""

    def __init__(self, log: Log, read_url: str, kafka: str | None, topics: Topics) -> None:
        self._log = log
        self._read_url = read_url
        self._kafka = kafka
        self._topics = topics

    def clients(self, associate_id: str, since: date, until: date | None) -> Sequence[UUID]:
        """See `Book`. Raises `Unavailable` if Kafka cannot be asked how far it is."""
        self._require_caught_up()
        engine = create_engine(sqlalchemy_url(self._read_url), poolclass=NullPool, hide_parameters=True)
        with engine.connect() as connection:
            asked = {"associate_id": associate_id, "since": since, "until": until}
            return connection.execute(IN_BOOK, asked).scalars().all()

    def _require_caught_up(self) -> None:
        end = self._log.recorder.end(_INTERNAL)
        deadline = monotonic() + PATIENCE
        while (at := self._reached()) < end:
            if monotonic() > deadline:
                raise ReadModelBehind(f"The book is at position {at} of {end} and catching up. Ask again.")
            sleep(_LOOK_EVERY)

    def _reached(self) -> int:
        """How far the read model is in the whole log; nowhere while it leaves events aside."""
        with psycopg.connect(self._read_url) as connection:
            known = [each for each in read_models.status(connection) if _is_ours(each)]
        positions = known[0].positions if known else {}
        if known and (known[0].paused or known[0].parked_keys):
            return 0
        if self._kafka is None:
            return positions.get(PARTITION, 0)
        relayed = read_relayed(self._kafka, self._topics)
        return relayed.reached(positions) if relayed else 0


def _is_ours(each: read_models.ProjectionStatus) -> bool:
    return (each.projection, each.version) == (affiliations.name, affiliations.version)
