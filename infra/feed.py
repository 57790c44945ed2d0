"""`carnet feed`: the process that takes feeds in, what waits of them, and trying that again.

Prints numbers of receipts, ids of stores and items, and reasons: nothing of what a receipt says.
"""

import json
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from infra.options import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consumers.feeds.parked import ParkedPiece
    from infra.wiring import House

feed = typer.Typer(
    help="Take in what points of sale tell, until interrupted.\n\n"
    "With Kafka (CARNET_KAFKA) from a topic for each format; without, they post it to the API. What cannot be taken "
    "yet is parked, and tried again as soon as the store, item or client that it names is known.",
    invoke_without_command=True,
    no_args_is_help=False,
)

Format = Annotated[str | None, typer.Option("--format", help="Only of this format.")]


@feed.callback()
def take_in(context: typer.Context) -> None:
    """Take in what points of sale tell, until interrupted."""
    if context.invoked_subcommand is None:
        from infra.processes.feed import feed as run

        run()


@feed.command()
def parked(format: Format = None, as_json: Json = False) -> None:
    """List what is parked: its number, why, what it waits for, and until when it is kept. Status 1 if anything is."""
    with _opened() as house:
        pieces = house.parked.all(format)
    if as_json:
        typer.echo(json.dumps({"parked": [_of(each) for each in pieces]}, indent=2, default=str))
    else:
        typer.echo("\n".join(map(_told, pieces)) or "nothing is parked")
    raise typer.Exit(1 if pieces else 0)


@feed.command()
def retry(
    ids: Annotated[list[UUID] | None, typer.Argument(help="What to try again; all if none is named.")] = None,
    format: Format = None,
    as_json: Json = False,
) -> None:
    """Take parked pieces again, whatever they wait for. Status 1 if some of them are still parked."""
    from consumers.point_of_sale import Fate
    from infra.processes.feed import as_till

    fates: Counter[str] = Counter()
    with _opened() as house:
        pieces = [each for each in house.parked.all(format) if not ids or each.id in ids]
        for name, intake in house.intakes.items():
            mine = [each for each in pieces if each.aside.format == name]
            fates.update(each.fate.value for each in intake.retry(mine, as_till(house, intake)))
    told = dict(sorted(fates.items()))
    said = ", ".join(f"{many} {fate}" for fate, many in told.items()) or "nothing is parked"
    typer.echo(json.dumps(told, indent=2) if as_json else said)
    raise typer.Exit(1 if fates[Fate.PARKED] else 0)


@contextmanager
def _opened() -> "Iterator[House]":
    from consumers.source import Unavailable
    from domain.refusals import TooBusy
    from infra.settings import Settings
    from infra.wiring import house

    try:
        with house(Settings()) as opened:
            yield opened
    except (TooBusy, Unavailable) as trouble:
        typer.echo(f"out of reach: {trouble}", err=True)
        raise typer.Exit(1) from None


def _of(piece: "ParkedPiece") -> dict[str, Any]:
    aside = piece.aside
    return {
        "id": piece.id,
        "format": aside.format,
        "number": aside.number,
        "reason": aside.reason,
        "detail": aside.detail,
        "about": aside.about,
        "parked_at": piece.parked_at.isoformat(),
        "expires_at": piece.expires_at.isoformat(),
    }


def _told(piece: "ParkedPiece") -> str:
    aside = piece.aside
    about = f" ({aside.about})" if aside.about else ""
    kept = f"kept until {piece.expires_at:%Y-%m-%d}"
    return f"{piece.id}: {aside.format} {aside.number or '?'}: {aside.reason}: {aside.detail}{about}, {kept}"
