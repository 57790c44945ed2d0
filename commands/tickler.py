"""Commands about a tickler: complete it, dismiss it, put it off, hand it over, take it, reopen it.

The log holds no ticklers, only what was done with them: whoever acts on one says what it is about, as she was told, and
that has to be what its id says.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from commands.contact import Tickler as About
from commands.execute import Decision, execute
from commands.fields import Body, Code, Day, Prose, example
from commands.needs import Check, at_work, known_client
from commands.ports import Done, Ports, Request, Stream
from domain import associate, follow_up, tickler
from domain import tickler_rule_versions as tickler_rule
from domain.access import Right, require
from domain.refusals import FollowUpUnknown
from domain.tickler import Tickler, Which
from domain.tickler_cause import OWN_WORDS

# Where it is still yesterday when it is noon in UTC.
_LATEST_ZONE: Final = timedelta(hours=12)

# --------------------------------------------------------------------------------------------------------------- bodies


def _about(occurrence: str) -> dict[str, str]:
    return {"rule_id": "birthday-call", "cause": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a", "occurrence": occurrence}


class OfTickler(Body):
    about: Annotated[About, Field(description="Which tickler, as it is told wherever it is listed.")]


class CompleteTickler(OfTickler):
    """It is done, without a contact: a contact that settles it says so itself."""

    model_config = example(about=_about("2026"), remark="She called herself.")
    remark: Prose | None = None


class DismissTickler(OfTickler):
    """It is not to be done."""

    model_config = example(about=_about("2027"), reason="She wants no calls this year.")
    reason: Prose | None = None


class SnoozeTickler(OfTickler):
    model_config = example(about=_about("2028"), until="2028-03-09")
    until: Annotated[Day, Field(description="When it is due instead: a day after today. The last one said counts.")]


class HandOverTickler(OfTickler):
    model_config = example(about=_about("2029"), to="marc")
    to: Annotated[Code, Field(description="Whose it is from now on: somebody who works for the house.")]


class TakeTickler(OfTickler):
    """It is nobody's but the store's, and is yours from now on."""

    model_config = example(about=_about("2030"))


class ReopenTickler(OfTickler):
    model_config = example(about=_about("2031"))


# ------------------------------------------------------------------------------------------------------------- handlers


def complete(client_id: UUID, tickler_id: UUID, body: CompleteTickler, ports: Ports, request: Request) -> Done:
    which, by = Which(client_id, tickler_id, body.about.value()), request.caller.acts_as
    return _done(which, lambda now: tickler.complete(now, which, by, body.remark), ports, request)


def dismiss(client_id: UUID, tickler_id: UUID, body: DismissTickler, ports: Ports, request: Request) -> Done:
    which, by = Which(client_id, tickler_id, body.about.value()), request.caller.acts_as
    return _done(which, lambda now: tickler.dismiss(now, which, by, body.reason), ports, request)


def snooze(client_id: UUID, tickler_id: UUID, body: SnoozeTickler, ports: Ports, request: Request) -> Done:
    which, by = Which(client_id, tickler_id, body.about.value()), request.caller.acts_as
    today = (ports.clock() - _LATEST_ZONE).date()
    return _done(which, lambda now: tickler.snooze(now, which, by, body.until, today), ports, request)


def hand_over(client_id: UUID, tickler_id: UUID, body: HandOverTickler, ports: Ports, request: Request) -> Done:
    which = Which(client_id, tickler_id, body.about.value())
    colleague = {associate.stream_id(body.to): at_work("to", ports.clock().date())}
    return _done(which, lambda now: tickler.hand_over(now, which, body.to), ports, request, colleague)


def take(client_id: UUID, tickler_id: UUID, body: TakeTickler, ports: Ports, request: Request) -> Done:
    which, by = Which(client_id, tickler_id, body.about.value()), request.caller.acts_as
    gone = _who_left(tickler_id, ports)
    return _done(which, lambda now: tickler.take(now, which, by, gone), ports, request)


def reopen(client_id: UUID, tickler_id: UUID, body: ReopenTickler, ports: Ports, request: Request) -> Done:
    which = Which(client_id, tickler_id, body.about.value())
    return _done(which, lambda now: tickler.reopen(now, which), ports, request)


def _done(
    which: Which,
    decide: Callable[[Tickler], list[tickler.Event]],
    ports: Ports,
    request: Request,
    needs: dict[UUID, Check] | None = None,
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    stream = Stream(which.tickler_id, which.client_id)
    of_house = {which.client_id: known_client, **_followed_from(which), **(needs or {})}
    return execute(ports, request, Decision(stream, tickler.after, decide, which.tickler_id, needs=of_house))


def _who_left(tickler_id: UUID, ports: Ports) -> str | None:
    """Who has it by what was done with it, if she works for the house no longer."""
    [done] = ports.streams.read([tickler_id])
    owner = tickler.after(done.events).owner
    if owner is None:
        return None
    [known] = ports.streams.read([associate.stream_id(owner)])
    return owner if associate.has_left(associate.after(known.events), ports.clock().date()) else None


def _followed_from(which: Which) -> dict[UUID, Check]:
    """There has to be the rule that it follows from, or the follow-up that somebody wrote."""
    if which.about.rule_id != OWN_WORDS:
        return {tickler_rule.stream_id(which.about.rule_id): _is_rule}
    try:
        return {UUID(which.about.cause): lambda events: _is_follow_up(events, which.client_id)}
    except ValueError:
        raise FollowUpUnknown("There is no follow-up with this id.", "about.cause") from None


def _is_rule(events: Sequence[object]) -> None:
    tickler_rule.require_rule(tickler_rule.after(events), "about.rule_id")


def _is_follow_up(events: Sequence[object], client_id: UUID) -> None:
    follow_up.require_known(follow_up.after(events), client_id, "about.cause")
