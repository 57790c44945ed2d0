"""`carnet dlq`: what is parked, and what an operator decides about it.

Prints positions, ids, stored names and classes of errors: nothing that an event says.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from getpass import getuser
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from infra.options import Json, Name

if TYPE_CHECKING:
    from consumers.dead_letters import Decision, Letter, ParkedKey
    from infra.wiring import House
    from projections.projection import Projection

dlq = typer.Typer(
    help="Look at events that could not be projected, try them again, or skip them.\n\n"
    "An event that fails is parked, and every later event of its key after it, so that no row is built on a gap. "
    "Status 0: done, nothing of it is parked. 1: something is still parked, or it failed. 2: not understood.",
    no_args_is_help=True,
)

By = Annotated[str | None, typer.Option(help="Who decides, kept with the event. Default: the login name.")]


@dlq.command("list")
def list_keys(
    names: Annotated[list[str] | None, typer.Argument(help="All if none is named.", metavar="PROJECTION")] = None,
    as_json: Json = False,
) -> None:
    """List the keys with parked events: how many, where the first stands, and what is wrong with it."""
    with _opened(names or []) as (house, projections):
        keys = [key for projection in projections for key in house.dead_letters.parked(projection)]
    _say({"keys": [asdict(key) for key in keys]}, [_told_key(key) for key in keys], as_json)
    raise typer.Exit(1 if keys else 0)


@dlq.command()
def show(
    name: Name,
    key: Annotated[UUID, typer.Argument(help="The key, as `list` tells it.", metavar="KEY")],
    as_json: Json = False,
) -> None:
    """Show every event of a key that is or was parked, in order, and what became of it."""
    with _opened([name]) as (house, (projection,)):
        letters = house.dead_letters.letters(projection, key)
    _say({"events": [asdict(letter) for letter in letters]}, [_told(letter) for letter in letters], as_json)
    raise typer.Exit(1 if any(letter.resolved is None for letter in letters) else 0)


@dlq.command()
def retry(
    name: Name,
    keys: Annotated[list[UUID] | None, typer.Argument(help="The keys to try again.", metavar="KEY")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every key that is parked.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Try the parked events of a key again, in order, once their cause is mended.

    They are read from the log again. The first that fails again stays parked, with all that follows it.
    """
    if bool(keys) == every:
        raise typer.BadParameter("name the keys to try again, or --all")
    with _opened([name]) as (house, (projection,)):
        operator = house.operator(_who(by))
        chosen = keys or [parked.key for parked in house.dead_letters.parked(projection)]
        decisions = [operator.retry(projection, key) for key in chosen]
    _answer(decisions, as_json)


@dlq.command()
def skip(
    name: Name,
    position: Annotated[
        int, typer.Argument(help="Where the event stands, as `list` tells it.", min=1, metavar="POSITION")
    ],
    reason: Annotated[str, typer.Option(help="Why, kept with the event. No personal data.")],
    and_later: Annotated[
        bool, typer.Option("--and-later", help="Skip all that is parked of its key after it, too.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Leave one parked event out of this projection for ever, and try again what else is parked of its key."""
    from consumers.dead_letters import NotParked

    if not reason.strip() or not reason.isprintable():
        raise typer.BadParameter("a reason is a line of text", param_hint="--reason")
    with _opened([name]) as (house, (projection,)):
        try:
            decision = house.operator(_who(by)).skip(projection, position, reason, and_later=and_later)
        except NotParked as refusal:
            raise typer.BadParameter(str(refusal), param_hint="POSITION") from None
    _answer([decision], as_json)


@dlq.command()
def resume(name: Name, as_json: Json = False) -> None:
    """Let a projection go on that was paused because too many keys were parked.

    While as many are parked, the next key that fails pauses it again.
    """
    with _opened([name]) as (house, (projection,)):
        resumed = house.dead_letters.resume(projection)
    _say({"resumed": resumed}, [f"{name} goes on" if resumed else f"{name} was not paused"], as_json)


@contextmanager
def _opened(names: Sequence[str]) -> Iterator[tuple["House", list["Projection"]]]:
    from consumers.source import Unavailable
    from infra.settings import Settings
    from infra.wiring import chosen, house

    try:
        projections = chosen(names)
    except LookupError as error:
        raise typer.BadParameter(str(error), param_hint="PROJECTION") from None
    try:
        with house(Settings()) as opened:
            yield opened, projections
    except Unavailable as trouble:
        typer.echo(f"out of reach, nothing more was changed: {trouble}", err=True)
        raise typer.Exit(1) from None


def _who(by: str | None) -> str:
    try:
        return by or getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        raise typer.BadParameter("this user has no name: say who decides", param_hint="--by") from None


def _answer(decisions: Sequence["Decision"], as_json: bool) -> None:
    lines = []
    for each in decisions:
        done = [
            f"{what} {', '.join(map(str, positions))}"
            for what, positions in (("skipped", each.skipped), ("retried", each.retried))
            if positions
        ]
        lines.append(f"{each.key}: {'; '.join(done) or 'nothing done'}; {len(each.parked)} still parked")
        lines += [f"  {_told(letter)}" for letter in each.parked[:1]]
    _say({"decisions": [asdict(each) for each in decisions]}, lines, as_json)
    raise typer.Exit(1 if any(each.parked for each in decisions) else 0)


def _told_key(key: "ParkedKey") -> str:
    return f"{key.projection} v{key.version}, {key.key}: {key.events} parked\n  {_told(key.first)}"


def _told(letter: "Letter") -> str:
    wrong = " ".join(filter(None, [letter.reason.value, letter.error, letter.sqlstate]))
    told = f"{letter.position}: {letter.name}, version {letter.stream_version} of {letter.stream_id}: {wrong}"
    if letter.resolved is None:
        return f"{told}, parked {letter.parked_at:%Y-%m-%d %H:%M:%S} UTC"
    why = f": {letter.resolved.why}" if letter.resolved.why else ""
    return f"{told}, {letter.resolved.resolution.value} by {letter.resolved.by}{why}"


def _say(answer: dict[str, Any], lines: Sequence[str], as_json: bool) -> None:
    typer.echo(json.dumps(answer, indent=2, default=str) if as_json else "\n".join(lines) or "nothing is parked")
