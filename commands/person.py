"""Commands about what is known of a person, client or not: her other names, her dates, what she likes, her death."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from commands.client import Name, about
from commands.execute import execute
from commands.fields import Body, Day, DayOfYear, Script, Sentence, Switch, example
from commands.ports import Done, Ports, Request
from domain.access import Right, require
from domain.client import life, names, traits
from domain.client.events import DateAdded, NameAdded
from domain.client.facts import DateKind, NameKind, TraitKind
from domain.refusals import ClientInvalid

# Somewhere it is a day later than by our clock.
_AHEAD: Final = timedelta(days=1)

# --------------------------------------------------------------------------------------------------------------- bodies


class AddName(Name):
    """A name beside the main one: what it is to her, how it is written and said, and when she bore it."""

    model_config = example(kind="legal", family="山田", given="花子", script="Jpan", reading="やまだ はなこ")
    kind: NameKind
    script: Annotated[Script | None, Field(description="What it is written in, by ISO 15924.")] = None
    reading: Annotated[Sentence | None, Field(description="How it is said, in kana or Latin letters.")] = None
    since: Annotated[Day | None, Field(description="First day with this name.")] = None
    until: Annotated[Day | None, Field(description="Last day with this name.")] = None


class SetSalutation(Body):
    """How a card to her begins; null if she has no wish."""

    model_config = example(salutation="Chère Marie-Claire")
    salutation: Sentence | None


class AddDate(Body):
    """A day of her life: its year may be unknown, and of its month the day. A second birthday corrects the first."""

    model_config = example(kind="birthday", day={"month": 2, "day": 29})
    kind: DateKind
    label: Annotated[Sentence | None, Field(description="Which it is; needed if the kind is `other`.")] = None
    day: DayOfYear
    yearly: Annotated[Switch, Field(description="Whether it comes round every year.")] = True


class AddTrait(Body):
    """What she is interested in, likes or dislikes; a tag, a mailing list, a brand or a category of hers."""

    model_config = example(kind="like", value="white peonies")
    kind: TraitKind
    value: Sentence


class RecordDeath(Body):
    """She died; `on` is left out if nobody knows the day."""

    model_config = example(on="2026-02-28")
    on: Day | None = None


# ------------------------------------------------------------------------------------------------------------- handlers


def add_name(client_id: UUID, body: AddName, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = ports.new_id()
    added = NameAdded(client_id, id, body.kind, body.value(), body.reading, body.script, body.since, body.until)
    decision = about(client_id, lambda now: names.add_name(now, added), id, lambda now: names.known_name(now, added))
    return execute(ports, request, decision)


def remove_name(client_id: UUID, name_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = about(client_id, lambda now: names.remove_name(now, client_id, name_id), name_id)
    return execute(ports, request, decision)


def set_salutation(client_id: UUID, body: SetSalutation, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = about(client_id, lambda now: names.set_salutation(now, client_id, body.salutation), client_id)
    return execute(ports, request, decision)


def add_date(client_id: UUID, body: AddDate, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = ports.new_id()
    added = DateAdded(client_id, id, body.kind, body.label, body.day.value("day"), body.yearly)
    decision = about(client_id, lambda now: life.add_date(now, added), id, lambda now: life.known_date(now, added))
    return execute(ports, request, decision)


def remove_date(client_id: UUID, date_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = about(client_id, lambda now: life.remove_date(now, client_id, date_id), date_id)
    return execute(ports, request, decision)


def add_trait(client_id: UUID, body: AddTrait, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id, kind, value = ports.new_id(), body.kind, body.value
    decision = about(
        client_id,
        lambda now: traits.add_trait(now, client_id, id, kind, value),
        id,
        lambda now: traits.known_trait(now, kind, value),
    )
    return execute(ports, request, decision)


def remove_trait(client_id: UUID, trait_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = about(client_id, lambda now: traits.remove_trait(now, client_id, trait_id), trait_id)
    return execute(ports, request, decision)


def record_death(client_id: UUID, body: RecordDeath, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    if body.on and body.on > (ports.clock() + _AHEAD).date():
        raise ClientInvalid("This lies in the future.", "on")
    decision = about(client_id, lambda now: life.record_death(now, client_id, body.on), client_id)
    return execute(ports, request, decision)


def withdraw_death(client_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = about(client_id, lambda now: life.withdraw_death(now, client_id), client_id)
    return execute(ports, request, decision)
