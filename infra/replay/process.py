"""The process `carnet replay`."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import typer

from commands.disclosure import Disclose, disclose
from consumers.source import Record, Unavailable
from domain.catalog import CATALOG
from domain.refusals import Refusal
from infra.broker.topics import Topics, Unfit
from infra.log.codec import Undecodable
from infra.processes.supervise import stop_signals
from infra.reading import BATCH, Readable, read, readable
from infra.replay.outputs import output
from infra.replay.selection import Selection
from infra.replay.told import NoOutput, Told
from infra.settings import Settings
from infra.tokens import tokens
from infra.web.caller import CallerUnknown
from infra.wiring import house, request
from infra.work import work_in_batches


@dataclass(frozen=True, slots=True)
class Reveal:
    """Who wants to see what is personal, by a token, and why."""

    token: Path
    why: str


class Summary(NamedTuple):
    """What was replayed: how many events, the positions of the first and the last, and how many could not be opened."""

    events: int
    first: int | None
    last: int | None
    sealed: int


Tell = Callable[[Sequence[Record]], list[Told]]
"""How events are told."""


class Interrupted(Exception):
    """Asked to stop before the end: nothing is left behind."""


def replay(to: str, selection: Selection, reveal: Reveal | None, *, as_json: bool) -> int:
    """Returns the exit status."""
    try:
        with stop_signals() as stop, work_in_batches():
            summary = _replayed(to, selection, reveal, stop.is_set)
    except BrokenPipeError:  # whoever read has seen enough
        return 0
    except Interrupted:
        typer.echo("carnet replay: interrupted, nothing is left behind", err=True)
        return 1
    except Refusal as refusal:
        typer.echo(f"carnet replay: {refusal.detail}", err=True)
        return 1
    except CallerUnknown as unknown:
        typer.echo(f"carnet replay: {unknown.detail}", err=True)
        return 1
    except (Unavailable, Unfit, NoOutput, LookupError) as trouble:
        typer.echo(f"carnet replay: {trouble}", err=True)
        return 1
    told = summary._asdict() | {"to": to}
    sealed = f", {summary.sealed:,} of them could not be opened" if summary.sealed else ""
    # Standard output may be where the events went.
    typer.echo(json.dumps(told) if as_json else f"{summary.events:,} events to {to}{sealed}", err=to == "-")
    return 0


def _replayed(to: str, selection: Selection, reveal: Reveal | None, stopped: Callable[[], bool]) -> Summary:
    settings = Settings()
    with ExitStack() as stack:
        tell: Tell = _as_stored
        if reveal is not None:
            tell, selection = stack.enter_context(_revealing(settings, selection, reveal))
        source, incarnation = stack.enter_context(readable(settings))
        topics = Topics(settings.kafka_prefix, settings.kafka_partitions)
        into = output(to, incarnation, private=reveal is not None, kafka=settings.kafka, topics=topics)
        try:
            summary = Summary(0, None, None, 0)
            for portion in _portions(source, selection, stopped):
                told = tell(portion)
                into.write(told)
                summary = _more(summary, told, revealed=reveal is not None)
            if stopped():
                raise Interrupted
        except BaseException:
            into.abandon()
            raise
        into.finish()
    return summary


def _portions(source: Readable, selection: Selection, stopped: Callable[[], bool]) -> Iterator[list[Record]]:
    test = selection.test()
    found = (each for each in _until(read(source, selection.first, stopped=stopped), selection.last) if test(each))
    while portion := list(islice(found, BATCH)):
        yield portion


def _until(records: Iterator[Record], last: int | None) -> Iterator[Record]:
    for record in records:
        if last is not None and record.position > last:
            return
        yield record


def _more(summary: Summary, told: Sequence[Told], *, revealed: bool) -> Summary:
    return Summary(
        summary.events + len(told),
        summary.first or told[0].record.position,
        told[-1].record.position,
        summary.sealed + (sum(each.revealed is None for each in told) if revealed else 0),
    )


def _as_stored(records: Sequence[Record]) -> list[Told]:
    return [Told(record) for record in records]


@contextmanager
def _revealing(settings: Settings, selection: Selection, reveal: Reveal) -> Iterator[tuple[Tell, Selection]]:
    """Opens what is personal, once it is recorded who asked for it, why, and of which events: those, and no later ones.

    Raises `NotAllowed` and `CallerUnknown`.
    """
    with house(settings) as opened:
        caller = tokens(opened).caller(_token(reveal.token))
        end = opened.log.recorder.end(sorted(CATALOG.internal))
        bounded = replace(selection, last=end if selection.last is None else min(end, selection.last))
        asked = Disclose(
            reveal.why,
            bounded.first,
            bounded.last or 0,
            bounded.since,
            bounded.before,
            bounded.types,
            bounded.client,
            bounded.stream,
        )
        disclose(asked, opened.ports, request(caller))

        def tell(records: Sequence[Record]) -> list[Told]:
            clear = opened.codec.personal(records)
            return [
                Told(record, None if isinstance(each, Undecodable) else each)
                for record, each in zip(records, clear, strict=True)
            ]

        yield tell, bounded


def _token(path: Path) -> str:
    return (sys.stdin.read() if path == Path("-") else path.read_text()).strip()
