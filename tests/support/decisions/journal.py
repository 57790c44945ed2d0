"""A random history: decisions of the domain on every noun, so that the events that they lead to meet."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from domain.catalog import personal_fields
from domain.personal import ERASED
from domain.refusals import Refusal
from tests.support.decisions import (
    affiliation,
    calendar_event,
    client,
    contact,
    gift,
    house,
    invitation,
    item,
    link,
    membership,
    note,
    organization,
    sale,
    tickler,
    tickler_rule,
)
from tests.support.decisions.nouns import CLIENTS, Noun
from tests.support.records import Journal

NOUNS = [
    client.NOUN,
    sale.NOUN,
    sale.ATTRIBUTION,
    gift.NOUN,
    link.NOUN,
    link.KINDS,
    organization.NOUN,
    calendar_event.NOUN,
    membership.NOUN,
    note.NOUN,
    affiliation.NOUN,
    house.REGION,
    house.STORE,
    house.ASSOCIATE,
    house.REASSIGNMENT,
    item.NOUN,
    invitation.NOUN,
    contact.OUTREACH,
    contact.VISIT,
    contact.APPOINTMENT,
    tickler.NOUN,
    tickler.FOLLOW_UP,
    tickler_rule.NOUN,
]


def random_journal(chance: Random, partitions: int, decisions: int, nouns: Sequence[Noun] = NOUNS) -> Journal:
    """What happened after this many decisions, refused ones included; some clients were erased since."""
    journal = Journal(partitions)
    erased = {person for person in CLIENTS if chance.random() < 0.3}
    for stream, key, events in random_history(chance, decisions, nouns):
        for event in events:
            journal.happened(key, _as_read_after(erased, event), stream)
    return journal


def random_history(
    chance: Random, decisions: int, nouns: Sequence[Noun] = NOUNS
) -> Iterator[tuple[UUID, UUID, Sequence[object]]]:
    """What each of so many decisions led to, unless it was refused: the stream, its key, and the events."""
    weights = [len(noun.decisions) for noun in nouns]
    streams: dict[UUID, list[object]] = defaultdict(list)
    for number in range(decisions):
        [noun] = chance.choices(nouns, weights)
        stream, key = noun.stream(chance)
        decide = chance.choice(noun.decisions)
        try:
            events = decide(chance, noun.after(streams[stream]), stream, UUID(int=number + 1))
        except Refusal:
            continue
        streams[stream] += events
        yield stream, key, events


def _as_read_after(erased: set[UUID], event: Any) -> Any:
    """The event as it comes out of the log once these persons' keys are destroyed."""
    gone = {field: ERASED for field, person in personal_fields(type(event)).items() if getattr(event, person) in erased}
    return replace(event, **gone)
