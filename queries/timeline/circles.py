"""To whom a client is linked, to what she belongs, and what is noted about her."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Select, Text, cast, func

from domain.access import Privacy
from projections.client_card import card
from projections.family import side
from projections.membership import organization, term
from projections.note import note, wording
from queries.client_card import Name, name_of
from queries.membership import Tie
from queries.note import SAYS, SEEN
from queries.timeline.line import CLIENT_ID, Kind, Line, come, day_or, lines


class Noted(Line):
    """An associate noted something that the caller may read."""

    kind: Literal[Kind.NOTE]
    author: str
    privacy: Privacy
    text: Annotated[str | None, Field(description="As it stands now. Null once it was withdrawn.")]


class OfLink(Line):
    link_id: UUID
    client_id: Annotated[UUID, Field(description="The other's own id, also if she is no client.")]
    name: Name | None
    relation: Annotated[str, Field(description="What the other is to the client.")]


class LinkBegun(OfLink):
    """Somebody came to be linked to her."""

    kind: Literal[Kind.LINK_BEGUN]


class LinkEnded(OfLink):
    """A link's last day."""

    kind: Literal[Kind.LINK_ENDED]
    reason: str | None


class OfMembership(Line):
    membership_id: UUID
    organization_id: UUID
    organization: str
    tie: Tie


class MembershipBegun(OfMembership):
    """She came to belong to an organization, or to be interested in it."""

    kind: Literal[Kind.MEMBERSHIP_BEGUN]


class MembershipEnded(OfMembership):
    """The last day of a membership."""

    kind: Literal[Kind.MEMBERSHIP_ENDED]


_OTHER: Final = card.alias("other")
_LINK: Final = (
    side.c.link_id,
    side.c.other_id.label("client_id"),
    name_of(_OTHER),
    side.c.relation,
)
_OF_LINK: Final = (side.join(_OTHER, _OTHER.c.client_id == side.c.other_id), side.c.person_id == CLIENT_ID)
_MEMBERSHIP: Final = (
    *term.c["membership_id", "organization_id"],
    organization.c.name.label("organization"),
    term.c.tie,
)
_OF_MEMBERSHIP: Final = (
    term.join(organization, organization.c.organization_id == term.c.organization_id),
    term.c.client_id == CLIENT_ID,
)


def _term(id: ColumnElement[UUID], number: ColumnElement[int]) -> ColumnElement[Any]:
    """Of what comes again in terms, each is a line of its own."""
    return func.concat(cast(id, Text), ".", cast(number, Text))


SELECTS: Final[tuple[Select[Any], ...]] = (
    lines(Kind.NOTE, note.c.written_at, note.c.note_id, *note.c["author", "privacy"], wording.c.text)
    .select_from(note.join(wording, SAYS))
    .where(note.c.client_id == CLIENT_ID, SEEN),
    lines(Kind.LINK_BEGUN, day_or(side.c.since, side.c.begun_at), _term(side.c.link_id, side.c.term), *_LINK)
    .select_from(_OF_LINK[0])
    .where(_OF_LINK[1], come(side.c.since)),
    lines(
        Kind.LINK_ENDED,
        day_or(side.c.until, side.c.ended_at),
        _term(side.c.link_id, side.c.term),
        *_LINK,
        side.c.reason,
    )
    .select_from(_OF_LINK[0])
    .where(_OF_LINK[1], side.c.ended_at.is_not(None), come(side.c.until)),
    lines(
        Kind.MEMBERSHIP_BEGUN,
        day_or(term.c.since, term.c.begun_at),
        _term(term.c.membership_id, term.c.term),
        *_MEMBERSHIP,
    )
    .select_from(_OF_MEMBERSHIP[0])
    .where(_OF_MEMBERSHIP[1], come(term.c.since)),
    lines(
        Kind.MEMBERSHIP_ENDED,
        day_or(term.c.until, term.c.begun_at),
        _term(term.c.membership_id, term.c.term),
        *_MEMBERSHIP,
    )
    .select_from(_OF_MEMBERSHIP[0])
    .where(_OF_MEMBERSHIP[1], term.c.until.is_not(None), come(term.c.until)),
)
