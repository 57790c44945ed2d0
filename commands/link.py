"""Commands about a client's family and friends: link people, end it, and keep what a couple has in common."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.client import Name
from commands.execute import Decision, execute
from commands.fields import Body, Day, DayOfYear, Ordinal, Sentence, Word, example
from commands.needs import somebody
from commands.ports import Done, Ports, Request, Stream
from commands.visibility import hidden
from domain import link, relation
from domain.access import Right, require
from domain.client import events, life, registration, state
from domain.client.facts import DateKind
from domain.link import AnniversaryKind, EndReason, Link, LinkBegun
from domain.refusals import LinkInvalid
from domain.relation import Circle, RelationKind
from domain.values import named_id

# --------------------------------------------------------------------------------------------------------------- bodies


class NewPerson(Body):
    """Somebody who is no client, and whom the house knows through this one."""

    name: Name
    birthday: DayOfYear | None = None


class AddRelative(Body):
    """Who is what to the client: somebody known already by her id, or a new person."""

    model_config = example(
        relation="daughter",
        reverse="mother",
        person={"name": {"family": "Leclerc", "given": "Zoë"}, "birthday": {"month": 2, "day": 29, "year": 2004}},
        since="2004-02-29",
    )
    relation: Annotated[Word, Field(description="What she is to the client, as `GET /relation-kinds` calls it.")]
    reverse: Annotated[
        Word | None, Field(description="What the client is to her. Default: the general word for it.")
    ] = None
    other_id: Annotated[UUID | None, Field(description="Somebody the house knows already.")] = None
    person: Annotated[NewPerson | None, Field(description="Somebody new.")] = None
    since: Annotated[Day | None, Field(description="First day.")] = None


class EndLink(Body):
    """A link that is over since a day, or that never was: recorded in error."""

    model_config = example(reason="divorce", until="2025-06-30")
    reason: EndReason = EndReason.END
    until: Annotated[Day | None, Field(description="Last day. Default: today.")] = None
    term: Annotated[Ordinal | None, Field(description="Of what began again: which time. Default: the last.")] = None


class SetAnniversary(Body):
    """The day a couple keeps; null takes it away."""

    model_config = example(kind="wedding", day={"month": 6, "day": 14, "year": 2003})
    kind: AnniversaryKind
    day: DayOfYear | None


class SetCoupleSalutation(Body):
    """How both are addressed on one card; null leaves each her own name."""

    model_config = example(salutation="M. et Mme Leclerc")
    salutation: Sentence | None


class AddRelationKind(Body):
    """A kind of link of the house's own, with the words for each side, the general one first."""

    model_config = example(circle="work", words=["dressmaker"], reverse_words=["patron"])
    circle: Circle
    words: Annotated[tuple[Word, ...], Field(min_length=1, max_length=10)]
    reverse_words: Annotated[
        tuple[Word, ...] | None,
        Field(min_length=1, max_length=10, description="For the other side. Default: the same words."),
    ] = None


# ------------------------------------------------------------------------------------------------------------- handlers


def begin(client_id: UUID, body: AddRelative, ports: Ports, request: Request) -> Done:
    """Links two people; a new person and her link are one append."""
    require(request.caller, Right.CHANGE_CLIENTS)
    if (body.other_id is None) == (body.person is None):
        raise LinkInvalid("Either somebody known, or a new person.", "other_id")
    [added] = ports.streams.read([relation.RELATION_KINDS])
    reverse = body.reverse and body.reverse.casefold()
    tie = relation.tie(relation.after(added.events), body.relation.casefold(), reverse)
    other_id = body.other_id or ports.new_id()
    id = link.link_id(client_id, other_id, tie.kind.code)
    begun = LinkBegun(
        id, 1, tie.kind.code, tie.kind.circle, client_id, tie.client_is, other_id, tie.other_is, body.since
    )
    needs = {other_id: somebody("other_id")} if body.person is None else {}
    decision = Decision(
        Stream(id, id),
        link.after,
        lambda now: link.begin(now, begun),
        id,
        needs={**needs, client_id: somebody("client_id")},
        also=[] if body.person is None else [_noting(body.person, other_id, client_id, ports, request)],
    )
    return execute(ports, request, decision)


def end(link_id: UUID, body: EndLink, ports: Ports, request: Request) -> Done:
    today = ports.clock().date()
    return _about(link_id, ports, request, lambda now: _end(now, link_id, body, today))


def set_anniversary(link_id: UUID, body: SetAnniversary, ports: Ports, request: Request) -> Done:
    day = body.day.value("day") if body.day else None
    return _about(link_id, ports, request, lambda now: link.set_anniversary(now, link_id, body.kind, day))


def set_salutation(link_id: UUID, body: SetCoupleSalutation, ports: Ports, request: Request) -> Done:
    return _about(link_id, ports, request, lambda now: link.set_salutation(now, link_id, body.salutation))


def add_relation_kind(body: AddRelationKind, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    words, reverse_words = _folded(body.words), _folded(body.reverse_words or body.words)
    kind = RelationKind(body.circle, words, reverse_words)
    stream = Stream(relation.RELATION_KINDS, relation.RELATION_KINDS)
    id = named_id(relation.RELATION_KINDS, kind.code)
    return execute(ports, request, Decision(stream, relation.after, lambda now: relation.add(now, kind), id))


def _about(link_id: UUID, ports: Ports, request: Request, decide: Callable[[Link], list[link.Event]]) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    [past] = ports.streams.read([link_id])
    pair = link.people(link.after(past.events))
    # Who sees one of the two sees the link on her file; to who sees neither there is none.
    if pair and hidden(ports, request, pair) == pair:
        decide(Link())
    return execute(ports, request, Decision(Stream(link_id, link_id), link.after, decide, link_id))


def _end(now: Link, link_id: UUID, body: EndLink, today: date) -> list[link.Event]:
    return link.end(now, link_id, body.term, body.until, body.reason, today)


def _noting(person: NewPerson, id: UUID, through: UUID, ports: Ports, request: Request) -> Decision[state.Client]:
    noted = events.PersonNoted(id, through, request.caller.store_id, person.name.value())
    born = person.birthday and events.DateAdded(
        id, ports.new_id(), DateKind.BIRTHDAY, None, person.birthday.value("person.birthday"), yearly=True
    )

    def decide(now: state.Client) -> list[events.Event]:
        known = registration.note(now, noted)
        return [*known, *life.add_date(state.after(known), born)] if born else known

    return Decision(Stream(id, id), state.after, decide, id)


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.casefold() for word in words))
