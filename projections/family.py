"""Who is linked to whom, from when to when, and which kinds of links were added to the house's own?

A term of a link is two rows, one from the side of each person, written by the same events: so each side's family is
found by her own id, and both always agree. What a couple has in common hangs on the term and is joined when asked; so
are names, dates and addresses, which are those of the people themselves.
"""

from typing import Final

from sqlalchemy import Column, Date, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from domain.link import AnniversaryKind, AnniversarySet, CoupleSalutationSet, EndReason, LinkBegun, LinkEnded
from domain.personal import Erased, unless_erased
from domain.relation import RelationKind, RelationKindAdded
from projections.projection import Projection, Rows

family: Final = Projection("family", 5)

MONTHS: Final = tuple(f"{kind}_month" for kind in AnniversaryKind)
"""In which month a day of both comes round, by its kind: in any other, none is looked for."""

side: Final = family.owned(
    "family_side",
    "link_id",
    Column("term", Integer, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("other_id", Uuid),
    Column("kind", Text),
    Column("circle", Text),
    Column("relation", Text),  # what the other is to the person
    Column("reverse", Text),  # what the person is to the other
    Column("since", Date),
    Column("until", Date),
    Column("reason", Text),
    Column("begun_at", DateTime(timezone=True)),  # when it was recorded, as the one below
    Column("ended_at", DateTime(timezone=True)),
    Column("event_id", Uuid),  # of its beginning
    *(Column(name, Integer) for name in MONTHS),
)
Index(
    f"{side.name}_person",
    side.c.person_id,
    postgresql_include=["other_id", "link_id", "term", "circle", "since", "until", *MONTHS],
)

# A row of each person's own copy, so that one may go and the other stay.
anniversary: Final = family.owned(
    "family_anniversary",
    "link_id",
    Column("term", Integer, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("month", Integer),
    Column("day", Integer),
    Column("year", Integer),
    Column("event_id", Uuid),
    covered=("month", "day", "year", "event_id"),
)

salutation: Final = family.owned(
    "family_salutation",
    "link_id",
    Column("term", Integer, primary_key=True),
    Column("salutation", Text),
)

relation_kind: Final = family.owned(
    "relation_kind",
    "stream_id",
    Column("code", Text, primary_key=True),
    Column("words", ARRAY(Text)),
    Column("reverse_words", ARRAY(Text)),
    Column("circle", Text),
)


@family.on(LinkBegun)
def begun(event: LinkBegun, rows: Rows) -> None:
    for person_id, is_, other_id, other_is in (
        (event.client_id, event.client_is, event.other_id, event.other_is),
        (event.other_id, event.other_is, event.client_id, event.client_is),
    ):
        rows.put(
            side,
            term=event.term,
            person_id=person_id,
            other_id=other_id,
            kind=event.kind,
            circle=event.circle.value,
            relation=other_is,
            reverse=is_,
            since=event.since,
            begun_at=rows.recorded.recorded_at,
            event_id=rows.recorded.event_id,
        )


@family.on(LinkEnded)
def ended(event: LinkEnded, rows: Rows) -> None:
    people = (event.client_id, event.other_id)
    if event.reason is not EndReason.RECORDED_IN_ERROR:
        at = rows.recorded.recorded_at
        for person_id in people:
            rows.patch(
                side,
                term=event.term,
                person_id=person_id,
                until=event.until,
                reason=event.reason.value,
                ended_at=at,
            )
        return
    rows.drop(salutation, term=event.term)
    for person_id in people:
        rows.drop(side, term=event.term, person_id=person_id)
        for kind in AnniversaryKind:
            rows.drop(anniversary, term=event.term, person_id=person_id, kind=kind.value)


@family.on(AnniversarySet)
def anniversary_set(event: AnniversarySet, rows: Rows) -> None:
    for person_id, day in ((event.client_id, event.day), (event.other_id, event.day_of_other)):
        known = unless_erased(day)
        rows.patch(side, {f"{event.kind}_month": known and known.month}, term=event.term, person_id=person_id)
        if known is None:
            rows.drop(anniversary, term=event.term, person_id=person_id, kind=event.kind.value)
        else:
            rows.put(
                anniversary,
                term=event.term,
                person_id=person_id,
                kind=event.kind.value,
                month=known.month,
                day=known.day,
                year=known.year,
                event_id=rows.recorded.event_id,
            )


@family.on(CoupleSalutationSet)
def couple_salutation_set(event: CoupleSalutationSet, rows: Rows) -> None:
    one, other = event.salutation, event.salutation_of_other
    if one is None or isinstance(one, Erased) or isinstance(other, Erased):
        rows.drop(salutation, term=event.term)
    else:
        rows.put(salutation, term=event.term, salutation=one)


@family.on(RelationKindAdded)
def relation_kind_added(event: RelationKindAdded, rows: Rows) -> None:
    kind = RelationKind(event.circle, event.one, event.other)
    rows.put(
        relation_kind,
        code=kind.code,
        words=list(kind.one),
        reverse_words=list(kind.other),
        circle=kind.circle.value,
    )
