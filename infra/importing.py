"""`carnet import sales`: files in, a summary and a file of rejected rows out.

Status 0: every row was recorded, was there already, or is one that the mapping declines. Status 1: rows were rejected
that somebody should look at, or the import stopped on the way; running it again goes on. Status 2: the mapping or a
file cannot be used, and nothing was recorded.

The rejected rows of FILE are in `rejected/FILE.csv` of CARNET_HOME, readable by its owner only, until FILE is imported
again. Where FILE has a header, the rejected rows can be corrected and imported from there, with the same mapping.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import typer

from commands.sale import record_many
from consumers.feeds.invoices import Rejected
from consumers.feeds.lines import Reason
from consumers.feeds.mapping import Mapping, MappingInvalid, load
from consumers.feeds.rows import FileUnreadable, SalesFile
from consumers.feeds.sales import Into, Summary
from consumers.feeds.sales import import_sales as import_file
from consumers.source import Unavailable
from domain.access import Caller, Role
from domain.refusals import TooBusy
from infra.settings import Settings
from infra.wiring import House, house, request
from infra.work import progress_bar, rare_collections

# A mapping's own reasons and write-offs are expected; whatever else is rejected is worth a look.
TO_LOOK_AT: Final = frozenset(Reason) - {Reason.WRITE_OFF}


def import_sales(paths: Sequence[Path], mapping_name: str, *, as_json: bool) -> int:
    """Imports the files one after the other and returns the exit status."""
    try:
        mapping = load(mapping_name)
        files = [SalesFile(path, mapping) for path in paths]
    except (MappingInvalid, FileUnreadable) as error:
        typer.echo(str(error), err=True)
        return 2
    settings = Settings()
    reports: list[dict[str, Any]] = []
    total = Summary()
    stopped = False
    with house(settings) as opened:
        for file in files:
            aside = _free(settings.home / "rejected", file.path, [each["rejected_rows"] for each in reports])
            try:
                summary = _import(file, mapping, opened, aside)
            except (FileUnreadable, TooBusy, Unavailable) as error:
                typer.echo(f"{file.path}: stopped: {error}\nImport it again to go on.", err=True)
                stopped = True
                break
            total.add(summary)
            kept = str(aside) if summary.rejected else None
            reports.append({"file": str(file.path), **_figures(summary), "rejected_rows": kept})
    typer.echo(json.dumps({"files": reports, "total": _figures(total)}, indent=2) if as_json else _told(reports))
    return 1 if stopped or any(reason in TO_LOOK_AT for reason in total.rejected) else 0


def _import(file: SalesFile, mapping: Mapping, house: House, aside: Path) -> Summary:
    ports, caller = house.ports, Caller(f"feed:{mapping.source}", Role.HEAD_OFFICE)
    with _put_aside(aside, file) as reject, progress_bar(file.path.name) as progress, rare_collections():
        into = Into(lambda events: record_many(events, ports, request(caller)), reject, progress)
        summary = import_file(file, mapping, into, ports.clock())
    if not summary.rejected:
        aside.unlink()
    return summary


@contextmanager
def _put_aside(path: Path, file: SalesFile) -> Iterator[Callable[[Rejected], None]]:
    """Writes rejected rows as they come, with the bytes they had; the rows of an earlier import are gone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding=file.format.encoding, errors="surrogateescape", newline="") as out:
        writer = csv.writer(out, delimiter=file.format.delimiter)
        writer.writerow(["rejected line", "rejected because", "rejected detail", *file.header])
        yield lambda rejected: writer.writerow(
            [rejected.row.line, str(rejected.reason), rejected.detail, *rejected.row.fields]
        )


def _free(directory: Path, imported: Path, taken: Sequence[str | None]) -> Path:
    """Where the rejected rows of this file go: not where another file of the same name has put its own just now."""
    stem = imported.name.removesuffix(".gz").removesuffix(".csv")
    suffixes = ("", *(f".{number}" for number in range(2, len(taken) + 2)))
    paths = (directory / f"{stem}{suffix}.csv" for suffix in suffixes)
    return next(path for path in paths if str(path) not in taken)


def _figures(summary: Summary) -> dict[str, Any]:
    return {**asdict(summary), "rejected": dict(sorted(summary.rejected.items()))}


def _told(reports: Sequence[dict[str, Any]]) -> str:
    lines: list[str] = []
    for each in reports:
        recorded = f"{each['sales']:,} sales, {each['returns']:,} returns, {each['clients']:,} new clients"
        aside = f", see {each['rejected_rows']}" if each["rejected_rows"] else ""
        lines += [
            each["file"],
            f"{each['rows']:>13,} rows read",
            f"{each['lines']:>13,} recorded: {recorded}",
            f"{each['unchanged']:>13,} known already",
            f"{sum(each['rejected'].values()):>13,} rejected{aside}",
            *(f"{number:>13,}   {reason}" for reason, number in each["rejected"].items()),
        ]
    return "\n".join(lines)
