"""Which clients a command about many is about: from the read model, once it is up to date."""

from collections.abc import Mapping, Sequence
from datetime import date
from time import monotonic, sleep
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlalchemy import Executable, NullPool, create_engine

from domain.access import Viewer
from domain.catalog import CATALOG
from domain.membership import Tie
from domain.refusals import ReadModelBehind
from infra.broker.position import read_relayed
from infra.broker.topics import Topics
from infra.log.application import Log
from infra.log.source import PARTITION
from infra.sql import read_models
from infra.sql.engine import sqlalchemy_url
from projections.affiliations import affiliations
from projections.calendar import calendar
from projections.client_card import client_card
from projections.house import house
from projections.invitations import invitations
from projections.membership import membership
from projections.projection import Projection
from projections.purchase_history import purchase_history
from queries.book import IN_BOOK
from queries.invitable import INVITABLE, parameters

# How long a command waits for the read model, and how often it looks, in seconds.
PATIENCE: Final = 2.0
_LOOK_EVERY: Final = 0.05

_INTERNAL: Final = sorted(CATALOG.internal)
_INVITABLE_FROM: Final = (affiliations, calendar, client_card, house, invitations, membership, purchase_history)


class ReadModelClients:
    """Implements `commands.ports.Clients`; without `kafka` the projectors read the log itself.

    Raises `Unavailable` if Kafka cannot be asked how far it is.
    """

    def __init__(self, log: Log, read_url: str, kafka: str | None, topics: Topics) -> None:
        self._log = log
        self._read_url = read_url
        self._kafka = kafka
        self._topics = topics

    def in_book(self, associate_id: str, since: date, until: date | None) -> Sequence[UUID]:
        asked = {"associate_id": associate_id, "since": since, "until": until}
        return self._found(IN_BOOK, asked, affiliations)

    def invitable(
        self, viewer: Viewer, calendar_event_id: UUID, organization_id: UUID, tie: Tie | None, most: int
    ) -> Sequence[UUID]:
        asked = {
            "calendar_event_id": calendar_event_id,
            "organization_id": organization_id,
            "tie": tie and tie.value,
            "most": most,
        }
        return self._found(INVITABLE, {**asked, **parameters(viewer)}, *_INVITABLE_FROM)

    def _found(self, statement: Executable, asked: Mapping[str, Any], *projections: Projection) -> Sequence[UUID]:
        self._require_caught_up({(each.name, each.version) for each in projections})
        engine = create_engine(sqlalchemy_url(self._read_url), poolclass=NullPool, hide_parameters=True)
        with engine.connect() as connection:
            return connection.execute(statement, dict(asked)).scalars().all()

    def _require_caught_up(self, projections: set[tuple[str, int]]) -> None:
        end = self._log.recorder.end(_INTERNAL)
        deadline = monotonic() + PATIENCE
        while (at := self._reached(projections)) < end:
            if monotonic() > deadline:
                raise ReadModelBehind(f"What is known of clients is at position {at} of {end}. Ask again.")
            sleep(_LOOK_EVERY)

    def _reached(self, projections: set[tuple[str, int]]) -> int:
        """How far the slowest of these is in the whole log; nowhere while one leaves events aside."""
        with psycopg.connect(self._read_url) as connection:
            known = [each for each in read_models.status(connection) if (each.projection, each.version) in projections]
        if len(known) < len(projections) or any(each.paused or each.parked_keys for each in known):
            return 0
        if self._kafka is None:
            return min(each.positions.get(PARTITION, 0) for each in known)
        relayed = read_relayed(self._kafka, self._topics)
        return min(relayed.reached(each.positions) for each in known) if relayed else 0
