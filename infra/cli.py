"""The command line. Every command answers `--help`, ends with a status that means something and speaks JSON if asked.

Status 0: done. 1: it failed, or part of the input was refused. 2: the command was not understood.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from domain.access import Role
from infra.dlq import dlq
from infra.feed import feed as feed_app
from infra.options import Json, JsonLines, Name, OfClient, OfStream, Types

# What the commands are for, as `--help` groups them.
PROCESSES: Final = "Processes"
EVENTS: Final = "Events, for others"
OPERATING: Final = "Operating a house"
TRYING: Final = "Trying it"

app = typer.Typer(
    name="carnet",
    help="The client book of a luxury retailer, kept as a log of immutable events.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)
import_app = typer.Typer(help="Take in what other systems recorded.", no_args_is_help=True)
app.add_typer(import_app, name="import", rich_help_panel=OPERATING)
app.add_typer(dlq, name="dlq", rich_help_panel=OPERATING)
app.add_typer(feed_app, name="feed", rich_help_panel=PROCESSES)


def _moment(text: str) -> datetime:
    """A day means its beginning; a time without an offset is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@app.command(rich_help_panel=PROCESSES)
def api() -> None:
    """Serve commands and queries over HTTP until interrupted."""
    from infra.processes.api import serve

    serve()


@app.command(rich_help_panel=PROCESSES)
def project(
    names: Annotated[list[str] | None, typer.Argument(help="Projections to run; all if none is named.")] = None,
) -> None:
    """Turn events into read-model rows until interrupted."""
    from infra.processes.project import project as run

    run(names or [])


@app.command(rich_help_panel=PROCESSES)
def relay() -> None:
    """Send events from the log to Kafka, in order, until interrupted. Status 1 if log and topics do not fit."""
    from infra.processes.relay import relay as run

    run()


@app.command(rich_help_panel=PROCESSES)
def publish() -> None:
    """Publish a current card of each client to Kafka, for subscribers, until interrupted."""
    from infra.processes.publish import publish as run

    run()


@app.command(rich_help_panel=EVENTS)
def topics(
    create: Annotated[bool, typer.Option(help="Make the topics that are missing.")] = True,
    as_json: Json = False,
) -> None:
    """Make and check the topics on Kafka. Status 1 if one is missing or is set up in another way."""
    from infra.processes.relay import check_topics

    created, differing = check_topics(create=create)
    typer.echo(_json({"created": created, "differing": differing}) if as_json else "\n".join([*created, *differing]))
    raise typer.Exit(1 if differing else 0)


@app.command(rich_help_panel=EVENTS)
def contract(
    write: Annotated[Path | None, typer.Option(help="Write the files into this folder.")] = None,
    as_json: Json = False,
) -> None:
    """Show the contract with subscribers (AsyncAPI), or write it, with a JSON Schema for each event. Status 1 if who
    relies on the files that are there could not read it any more."""
    from infra.contract.writing import files
    from infra.contract.writing import write as write_files

    if write is None:
        typer.echo(files()["asyncapi.json"], nl=False)
        return
    try:
        changed = write_files(write)
    except ValueError as broken:
        typer.echo(_json({"breaks": str(broken).split("; ")}) if as_json else f"Would break: {broken}", err=not as_json)
        raise typer.Exit(1) from None
    typer.echo(_json({"written": changed}) if as_json else "\n".join(changed))


@app.command(rich_help_panel=TRYING)
def demo(
    clients: Annotated[int, typer.Option(min=1, help="How many clients the example house has.")] = 400,
    seed: Annotated[int, typer.Option(help="The same seed makes the same house.")] = 7,
    kafka: Annotated[bool, typer.Option("--kafka", help="With a Kafka broker, a relay and two projectors.")] = False,
    feed: Annotated[bool, typer.Option("--feed", help="With tills that tell what they sold yesterday.")] = False,
) -> None:
    """Run the example house on this machine: load it, start its processes, and say what to try."""
    from infra.demo.process import demonstrate

    raise typer.Exit(demonstrate(clients, seed, kafka=kafka, feed=feed))


@app.command(rich_help_panel=TRYING)
def token(
    role: Annotated[Role, typer.Option(help="The role the token is for.")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 365, help="How long it is valid.")] = 12,
) -> None:
    """Print a token for a person of the example house, signed with this house's own key."""
    from infra.demo.process import demo_token

    typer.echo(demo_token(role, hours))


@app.command(rich_help_panel=OPERATING)
def status(
    wait: Annotated[
        float, typer.Option(min=0, help="Wait up to so many seconds until all that is in the log now is projected.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Say how every hop is, what is wrong first and what to do next; the API shows the same as a page, `/status`.

    Status 1 if anything but being behind is wrong, or was waited for in vain.
    """
    from infra.oncall.process import status as run

    raise typer.Exit(run(wait, as_json=as_json))


@app.command(rich_help_panel=EVENTS)
def events(
    client: OfClient = None,
    stream: OfStream = None,
    types: Types = None,
    position: Annotated[
        int, typer.Option("--from", min=1, metavar="POSITION", help="Begin at this position in the log.")
    ] = 1,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until interrupted.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Stop after so many.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON Lines: each a CloudEvent, its attributes and the document as stored.")
    ] = False,
) -> None:
    """Print events as they stand on Kafka (CARNET_KAFKA), or in the log where there is none; committed ones only.

    One event a line, in the order of the log: position, time, name, stream and version, and its clear fields. It needs
    no keys: personal fields stay sealed. It ends at the end, unless it follows.
    """
    from infra.events import events as run
    from infra.events import wanted

    try:
        test = wanted(client, stream, types or [])
    except LookupError as error:
        raise typer.BadParameter(str(error), param_hint="--type") from None
    raise typer.Exit(run(test, position=position, follow=follow, limit=limit, as_json=as_json))


@app.command(rich_help_panel=EVENTS)
def replay(
    to: Annotated[
        str,
        typer.Argument(
            help="A new file, FILE.jsonl, FILE.jsonl.gz or FILE.parquet; `-` for JSON Lines on standard output; or "
            "topic:NAME, another topic that is there."
        ),
    ],
    first: Annotated[int, typer.Option("--from", min=1, metavar="POSITION", help="The first position in the log.")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=1, metavar="POSITION", help="The last position.")] = None,
    since: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help="Recorded then or later, ISO 8601, UTC.")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help="Recorded before, ISO 8601, UTC.")
    ] = None,
    types: Types = None,
    client: OfClient = None,
    stream: OfStream = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="With what is personal in clear; that, and who asked, is recorded first.")
    ] = False,
    why: Annotated[
        str | None, typer.Option(help="Why it is revealed, recorded with it. No personal data.", metavar="TEXT")
    ] = None,
    token: Annotated[
        Path | None,
        typer.Option(help="The file with the token of whoever asks, `-` for standard input.", metavar="FILE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write events to a file or another topic, for analysts: as they stand on Kafka (CARNET_KAFKA), or in the log.

    In the order of the log, to the end as it is now; committed ones only. What is personal stays sealed, and no keys
    are needed, unless it is revealed.
    """
    from infra.replay.process import Reveal
    from infra.replay.process import replay as run
    from infra.replay.selection import Selection

    selection = Selection(first, last, since, before, tuple(types or ()), client, stream)
    try:
        selection.test()
    except LookupError as error:
        raise typer.BadParameter(str(error), param_hint="--type") from None
    if len({reveal, token is not None, why is not None}) != 1:
        raise typer.BadParameter("--reveal, --token and --why belong together")
    if why is not None and not (why.strip() and why.isprintable()):
        raise typer.BadParameter("a reason is a line of text", param_hint="--why")
    revealing = Reveal(token, why) if token is not None and why is not None else None
    raise typer.Exit(run(to, selection, revealing, as_json=as_json))


@app.command(rich_help_panel=OPERATING)
def rebuild(
    name: Name,
    verify: Annotated[bool, typer.Option("--verify", help="Build and compare, and switch nothing.")] = False,
    switch: Annotated[bool, typer.Option("--switch", help="Switch, whatever the comparison says.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Let the former generation serve again.")] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Ask whoever rebuilds it, wherever, to stop where it is.")
    ] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Remove what does not serve: unfinished, or former.")] = False,
    drop_earlier: Annotated[
        bool,
        typer.Option("--drop-earlier", help="Remove earlier versions, once no process of an earlier release runs."),
    ] = False,
    park: Annotated[
        bool, typer.Option("--park", help="Park what cannot be projected, as projectors do, instead of stopping there.")
    ] = False,
    as_json: JsonLines = False,
) -> None:
    """Make a projection's rows anew from all events, beside those that serve, and switch to them.

    The rows that serve answer and are kept up to date meanwhile. Once the new ones stand at the same positions they are
    compared, row by row; if they are equal they serve, from one moment to the next, and the former rows are kept.
    Interrupted, cancelled or killed, it goes on where it was when it is run again. It takes one core at most, its
    process and the database in turn, and gives way where cores are scarce: a busy house is served first, and waits
    longer for the new rows.

    Status 1: it was stopped, something could not be projected, or the rows are not equal.
    """
    from infra.rebuild import process
    from infra.rebuild.work import Switch

    if sum([verify, switch, back, cancel, drop, drop_earlier]) > 1:
        raise typer.BadParameter("--verify, --switch, --back, --cancel, --drop and --drop-earlier exclude each other")
    if cancel:
        raise typer.Exit(process.cancel(name, as_json=as_json))
    if drop or drop_earlier:
        raise typer.Exit(process.drop(name, earlier=drop_earlier, as_json=as_json))
    when = Switch.NEVER if verify else Switch.ALWAYS if switch or back else Switch.IF_EQUAL
    raise typer.Exit(process.rebuild(name, back=back, switch=when, park=park, as_json=as_json))


@app.command(rich_help_panel=OPERATING)
def move(
    place: Annotated[
        str,
        typer.Argument(
            help="The house that is to be moved: its data directory (CARNET_HOME), or the libpq URI of its log.",
            metavar="FROM",
        ),
    ],
    keys: Annotated[
        str | None,
        typer.Option(help="Database of its person keys, if its log has a URI. Default: beside it.", metavar="URI"),
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="Move nothing: compare the rows of its read models with those made here.")
    ] = False,
    read: Annotated[
        str | None,
        typer.Option(help="Database of its read models, if its log has a URI. Default: beside it.", metavar="URI"),
    ] = None,
    as_json: JsonLines = False,
) -> None:
    """Move a house to the servers that the settings name: its log and its keys, byte by byte, and receipts that wait.

    The house is stopped and left as it is. Its secrets have to be where CARNET_SECRETS says. Every row is compared and
    every key opened before anybody can use the new place. Interrupted or killed, it goes on where it was when it is run
    again. Read models are made anew there.

    Status 1: nothing was moved, it is not complete yet, or the rows are not equal.
    """
    from infra.moving import process

    if rows:
        raise typer.Exit(process.compare_rows(place, read, as_json=as_json))
    raise typer.Exit(process.move(place, keys, as_json=as_json))


@app.command(rich_help_panel=OPERATING)
def verify(
    restored: Annotated[
        bool,
        typer.Option(
            "--restored",
            help="If all is well, give the log a new name: it was restored from a backup, and what came after is lost.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Read every event of the log and open every key: whether they are whole, and belong together.

    Positions and versions without a hole or a double, every event as this release reads it, every key opened by the
    wrapping key. Nothing is made or changed, but the log's name if it is asked for.

    Status 1: something is wrong.
    """
    from infra.verifying import verify as run

    raise typer.Exit(run(restored=restored, as_json=as_json))


@app.command(rich_help_panel=OPERATING)
def duplicates(
    likely: Annotated[bool, typer.Option("--likely", help="Only pairs that are likely the same person.")] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many pairs at most.")] = 1000,
    names: Annotated[
        bool, typer.Option("--names", help="With names; else nothing that is printed is personal.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines: a pair each.")] = False,
) -> None:
    """Print pairs of clients of the whole house who could be the same person, strongest first, with reasons."""
    from infra.duplicates import duplicates as run

    raise typer.Exit(run(limit, likely=likely, as_json=as_json, names=names))


@import_app.command("sales")
def import_sales(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, or CSV.gz.")],
    mapping: Annotated[str, typer.Option(help="A shipped mapping's name, or the path of a mapping file.")],
    as_json: Json = False,
) -> None:
    """Take sales and returns from files. The same file again adds nothing; rejected rows go to a file."""
    from infra.importing import import_sales as run

    raise typer.Exit(run(files, mapping, as_json=as_json))


@import_app.command("clients")
def import_clients(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, or CSV.gz.")],
    mapping: Annotated[str, typer.Option(help="A shipped mapping's name, or the path of a mapping file.")],
    as_json: Json = False,
) -> None:
    """Take clients from files: an empty cell leaves a field as it is, a word of the mapping's clears it."""
    from infra.importing import import_clients as run

    raise typer.Exit(run(files, mapping, as_json=as_json))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, default=str)


def main() -> None:
    try:
        app()
    except Exception as error:
        from infra.log.arriving import Arriving
        from infra.sql.tables import Misshapen
        from infra.wiring import OtherSource

        if not isinstance(error, Misshapen | Arriving | OtherSource):
            raise
        misshapen = isinstance(error, Misshapen)
        typer.echo(f"this release does not fit its read models: {error}" if misshapen else str(error), err=True)
        sys.exit(1)
