"""The one loop of the write side: read, fold, decide, append at the version that was read; on a lost race again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from commands.needs import Check
from commands.ports import Change, Conflict, Done, History, Ports, Request, Stream
from commands.visibility import hidden
from domain.receipt import CommandAnswered, Refused
from domain.refusals import KeyReused, Refusal, TooBusy, VersionStale

# Each lost race means that somebody else's append succeeded, so more than a few in a row is a crowd on one stream.
ATTEMPTS: Final = 10

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Aside(Generic[State]):
    """Something said along with a command that never stands in its way: what refuses it refuses it alone.

    `decide` gets the state that the command leaves, and whether the command was any news. `needs` are like those of a
    `Decision`.
    """

    decide: Callable[[State, bool], Sequence[object]]
    needs: Mapping[UUID, Check] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision(Generic[State]):
    """What is to be decided about one stream. `decide` is pure: after a lost race it is asked again.

    Of a stream that has not begun, `decide` makes events or raises a refusal, never nothing.
    `subject_id` is the id of what the command makes or changes; `known` finds the id of the same thing if it is there
    already, so that asking twice names the first. `needs` are other streams, and what has to be true of their events:
    each refuses if it is not. `guard` refuses callers who must not learn that there is such a thing: it comes before
    everything that would tell them, the version among it. `also` are decided and appended together with this one, or
    nothing is: each about another stream, none with an `also` of its own. What is answered is about this one. `asides`
    are decided after it, about the same stream.

    A client whom the caller does not see is to her as if she did not exist: the client whose key the stream has, those
    in `needs`, and the one that `whose` finds for a stream that keeps its key whoever it belongs to, like a sale.
    """

    stream: Stream
    fold: Callable[[Iterable[Any]], State]
    decide: Callable[[State], Sequence[object]]
    subject_id: UUID
    known: Callable[[State], UUID | None] | None = None
    needs: Mapping[UUID, Check] = field(default_factory=dict)
    guard: Callable[[State], object] | None = None
    also: Sequence["Decision[Any]"] = ()
    whose: Callable[[State], UUID | None] | None = None
    asides: Sequence[Aside[State]] = ()


def execute(ports: Ports, request: Request, decision: Decision[Any]) -> Done:
    """Carries out one command, exactly once if the request brings a receipt.

    Raises the decision's own refusal; `VersionStale` if the request expects another version; `KeyReused` if its receipt
    was given for another body; `TooBusy` if the race for the stream is lost again and again.
    """
    receipt = request.receipt
    together = [*decision.also, decision]
    needs = [need for each in together for need in (each.needs, *(aside.needs for aside in each.asides))]
    needed_ids = list(dict.fromkeys(chain.from_iterable(needs)))
    ids = [each.stream.id for each in together] + needed_ids + ([receipt.stream_id] if receipt else [])
    for _ in range(ATTEMPTS):
        histories = ports.streams.read(ids)
        history = histories[len(together) - 1]
        if receipt and (answered := histories.pop()).events:
            return _repeat(ports, receipt.fingerprint, decision.stream, history, answered)
        people = _people(together, histories)
        unseen = hidden(ports, request, {*needed_ids}.union(*people))
        needed = {
            id: () if id in unseen else past.events
            for id, past in zip(needed_ids, histories[len(together) :], strict=True)
        }
        for each in together:
            _check(each.needs, needed)
        _refuse_unseen(together, people, unseen)
        now = decision.fold(history.events)
        if decision.guard:
            decision.guard(now)
        # Of what has not begun, or is of another noun, the decision itself says that there is no such thing.
        if now != decision.fold(()) and request.expected_version not in (None, history.version):
            raise VersionStale(f"This is at version {history.version} now.", "If-Match")
        refused: list[Refused] = []
        news: list[tuple[object, ...]] = []
        for each, past, concerned in zip(together, histories, people, strict=False):
            events, subject_id = _decided(each, past.events)
            seen = past.events if concerned.isdisjoint(unseen) else ()
            events += _said_besides(each, seen, events, needed, refused)
            news.append(events)
        # Its own come last: who waits for their position has seen the others.
        changes = [
            Change(each.stream, past.version, events)
            for each, past, events in zip(together, histories, news, strict=False)
            if events
        ]
        version = history.version + len(events)
        if receipt:
            answer = CommandAnswered(receipt.fingerprint, decision.stream.id, version, subject_id, tuple(refused))
            changes.append(Change(Stream(receipt.stream_id, receipt.stream_id), 0, (answer,)))
        positions = history.positions
        if changes:
            try:
                appended = ports.streams.append(changes, request)
            except Conflict:
                continue
            positions = appended[-2 if receipt else -1] if events else positions
        appended_events = tuple(chain.from_iterable(news))
        return Done(subject_id, decision.stream, version, positions[-1], appended_events, refused=tuple(refused))
    raise TooBusy("Others changed this again and again; try later.")


def _people(together: Sequence[Decision[Any]], histories: Sequence[History]) -> list[set[UUID]]:
    """Of each decision, whom the caller has to see."""
    return [
        {
            each.stream.key,
            *each.needs,
            *([whose] if (whose := each.whose and each.whose(each.fold(past.events))) else []),
        }
        for each, past in zip(together, histories, strict=False)
    ]


def _refuse_unseen(together: Sequence[Decision[Any]], people: Sequence[set[UUID]], unseen: Collection[UUID]) -> None:
    """Refuses a command about a client whom the caller does not see, in the words it has for one who does not exist.

    Only what begins anew is left, like a registration under a number that somebody else's client has.
    """
    for each, concerned in zip(together, people, strict=True):
        if not concerned.isdisjoint(unseen):
            each.decide(each.fold(()))


def _check(needs: Mapping[UUID, Check], known: Mapping[UUID, Sequence[object]]) -> None:
    for id, check in needs.items():
        check(known[id])


def _said_besides(
    decision: Decision[Any],
    past: Sequence[object],
    decided: Sequence[object],
    known: Mapping[UUID, Sequence[object]],
    refused: list[Refused],
) -> tuple[object, ...]:
    """The events of all asides of a decision; those that are refused go to `refused` instead."""
    found: tuple[object, ...] = ()
    for aside in decision.asides:
        try:
            _check(aside.needs, known)
            found += tuple(aside.decide(decision.fold((*past, *decided, *found)), bool(decided)))
        except Refusal as refusal:
            refused.append(Refused(refusal.code, refusal.detail, refusal.field))
    return found


def execute_many(
    ports: Ports,
    request: Request,
    decisions: Sequence[Decision[Any]],
    refused: Callable[[Mapping[int, Refusal]], None] = lambda refusals: None,
) -> list[Done | Refusal]:
    """Carries out many commands with one read and one append; a refused one refuses only itself.

    `refused` is told of those that are, by their index, before anything is appended: whoever keeps them elsewhere has
    them when the offset of the request moves. After a lost race it is told again.

    Several may concern the same stream: each sees what those before it decided. The receipt and the expected version of
    the request are not looked at, nor `needs`, `guard`, `also` and `asides`, nor whom the caller sees. One append holds
    the log's lock, so a caller brings at most some 500 events and 500 kB at a time.
    """
    streams = {decision.stream.id: decision.stream for decision in decisions}
    for _ in range(ATTEMPTS):
        histories = dict(zip(streams, ports.streams.read(list(streams)), strict=True))
        news: defaultdict[UUID, list[object]] = defaultdict(list)
        outcomes: list[_Outcome | Refusal] = []
        for decision in decisions:
            pending = news[decision.stream.id]
            try:
                events, subject_id = _decided(decision, (*histories[decision.stream.id].events, *pending))
            except Refusal as refusal:
                outcomes.append(refusal)
                continue
            pending.extend(events)
            outcomes.append(_Outcome(decision.stream, subject_id, len(pending), events))
        refused({at: each for at, each in enumerate(outcomes) if isinstance(each, Refusal)})
        changed = {id: events for id, events in news.items() if events}
        changes = [Change(streams[id], histories[id].version, tuple(events)) for id, events in changed.items()]
        positions = {id: history.positions for id, history in histories.items()}
        if changes or request.offset:
            try:
                appended = ports.streams.append(changes, request)
            except Conflict:
                continue
            for id, added in zip(changed, appended, strict=True):
                positions[id] += added
        return [outcome if isinstance(outcome, Refusal) else outcome.done(histories, positions) for outcome in outcomes]
    raise TooBusy("Others changed these again and again; try later.")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One of many: its events are among the first `pending` new ones of its stream."""

    stream: Stream
    subject_id: UUID
    pending: int
    events: tuple[object, ...]

    def done(self, histories: Mapping[UUID, History], positions: Mapping[UUID, tuple[int, ...]]) -> Done:
        version = histories[self.stream.id].version + self.pending
        return Done(self.subject_id, self.stream, version, positions[self.stream.id][version - 1], self.events)


def _decided(decision: Decision[Any], past: Sequence[object]) -> tuple[tuple[object, ...], UUID]:
    now = decision.fold(past)
    known = decision.known(now) if decision.known else None
    return tuple(decision.decide(now)), known or decision.subject_id


def _repeat(ports: Ports, fingerprint: str, stream: Stream, history: History, answered: History) -> Done:
    """The first answer again. A thing that is made gets a new stream at each try: the receipt names the first one."""
    [receipt] = answered.events
    assert isinstance(receipt, CommandAnswered), "a receipt's stream holds nothing else"
    if receipt.fingerprint != fingerprint:
        raise KeyReused("This key came with another request before.", "Idempotency-Key")
    if receipt.stream_id != stream.id:
        key = receipt.stream_id if stream.key == stream.id else stream.key
        stream = Stream(receipt.stream_id, key)
        [history] = ports.streams.read([stream.id])
    position = history.positions[receipt.version - 1]
    return Done(receipt.subject_id, stream, receipt.version, position, repeated=True, refused=receipt.refused)
