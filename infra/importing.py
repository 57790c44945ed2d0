"""`carnet import sales` and `carnet import clients`: files in, a summary and a file of rejected rows out.

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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import typer

from commands.client import patch_many
from commands.ports import Ports
from commands.sale import Feedable, record_many
from consumers.feeds import client_mapping, clients, sales
from consumers.feeds.client_mapping import ClientMapping
from consumers.feeds.into import Into
from consumers.feeds.invoices import Rejected
from consumers.feeds.lines import Reason
from consumers.feeds.mapping import Mapping, MappingInvalid, load
from consumers.feeds.rows import FileUnreadable, SalesFile, TableFile
from consumers.source import Unavailable
from domain.access import Caller, Role
from domain.client.patch import ClientPatch
from domain.refusals import TooBusy
from infra.settings import Settings
from infra.wiring import House, house, request
from infra.work import progress_bar, work_in_batches

Reject = Callable[[Rejected], None]
Progress = Callable[[int, int], None]

# A mapping's own reasons and write-offs are expected; whatever else is rejected is worth a look.
TO_LOOK_AT: Final = frozenset(Reason) - {Reason.WRITE_OFF}


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the things that can be imported.

    `read` makes a file of a path, by a mapping; `record` takes a file in, and is given where rejected rows and progress
    go; `empty` is a summary of nothing; `told` says the figures of one file for people.
    """

    load: Callable[[str], Any]
    read: Callable[[Path, Any], TableFile]
    record: Callable[[Any, Any, Ports, Caller, Reject, Progress], Any]
    empty: Callable[[], Any]
    told: Callable[[dict[str, Any]], list[str]]


def import_sales(paths: Sequence[Path], mapping_name: str, *, as_json: bool) -> int:
    """Imports the files of sales one after the other and returns the exit status."""
    return _import_all(_SALES, paths, mapping_name, as_json=as_json)


def import_clients(paths: Sequence[Path], mapping_name: str, *, as_json: bool) -> int:
    """Imports the files of clients one after the other and returns the exit status."""
    return _import_all(_CLIENTS, paths, mapping_name, as_json=as_json)


def _import_all(kind: Kind, paths: Sequence[Path], mapping_name: str, *, as_json: bool) -> int:
    try:
        mapping = kind.load(mapping_name)
        files = [kind.read(path, mapping) for path in paths]
    except (MappingInvalid, FileUnreadable) as error:
        typer.echo(str(error), err=True)
        return 2
    settings = Settings()
    reports: list[dict[str, Any]] = []
    total = kind.empty()
    stopped = False
    with house(settings) as opened:
        for file in files:
            aside = _free(settings.home / "rejected", file.path, [each["rejected_rows"] for each in reports])
            try:
                summary = _import(kind, file, mapping, opened, aside)
            except (FileUnreadable, TooBusy, Unavailable) as error:
                typer.echo(f"{file.path}: stopped: {error}\nImport it again to go on.", err=True)
                stopped = True
                break
            total.add(summary)
            kept = str(aside) if summary.rejected else None
            reports.append({"file": str(file.path), **_figures(summary), "rejected_rows": kept})
    typer.echo(json.dumps({"files": reports, "total": _figures(total)}, indent=2) if as_json else _told(kind, reports))
    return 1 if stopped or any(reason in TO_LOOK_AT for reason in total.rejected) else 0


def _import(kind: Kind, file: TableFile, mapping: Any, house: House, aside: Path) -> Any:
    caller = Caller(f"feed:{mapping.source}", Role.HEAD_OFFICE)
    with _put_aside(aside, file) as reject, progress_bar(file.path.name) as progress, work_in_batches():
        summary = kind.record(file, mapping, house.ports, caller, reject, progress)
    if not summary.rejected:
        aside.unlink()
    return summary


def _record_sales(
    file: SalesFile, mapping: Mapping, ports: Ports, caller: Caller, reject: Reject, progress: Progress
) -> sales.Summary:
    into: Into[Feedable] = Into(lambda events: record_many(events, ports, request(caller)), reject, progress)
    return sales.import_sales(file, mapping, into, ports.clock())


def _record_clients(
    file: TableFile, mapping: ClientMapping, ports: Ports, caller: Caller, reject: Reject, progress: Progress
) -> clients.Summary:
    into: Into[ClientPatch] = Into(lambda patches: patch_many(patches, ports, request(caller)), reject, progress)
    return clients.import_clients(file, mapping, into)


@contextmanager
def _put_aside(path: Path, file: TableFile) -> Iterator[Reject]:
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


def _figures(summary: Any) -> dict[str, Any]:
    return {**asdict(summary), "rejected": dict(sorted(summary.rejected.items()))}


def _told(kind: Kind, reports: Sequence[dict[str, Any]]) -> str:
    lines: list[str] = []
    for each in reports:
        aside = f", see {each['rejected_rows']}" if each["rejected_rows"] else ""
        lines += [
            each["file"],
            f"{each['rows']:>13,} rows read",
            *kind.told(each),
            f"{each['unchanged']:>13,} known already",
            f"{sum(each['rejected'].values()):>13,} rejected{aside}",
            *(f"{number:>13,}   {reason}" for reason, number in each["rejected"].items()),
        ]
    return "\n".join(lines)


def _told_of_sales(file: dict[str, Any]) -> list[str]:
    recorded = f"{file['sales']:,} sales, {file['returns']:,} returns, {file['clients']:,} new clients"
    return [f"{file['lines']:>13,} recorded: {recorded}"]


def _told_of_clients(file: dict[str, Any]) -> list[str]:
    return [f"{file['registered']:>13,} new clients", f"{file['changed']:>13,} changed"]


_SALES: Final = Kind(load, SalesFile, _record_sales, sales.Summary, _told_of_sales)
_CLIENTS: Final = Kind(
    client_mapping.load,
    lambda path, mapping: TableFile(path, mapping.file, mapping.named_columns()),
    _record_clients,
    clients.Summary,
    _told_of_clients,
)
