"""Batches of a file of clients: of a bounded size, in the order of the file, and each row counted once."""

from collections.abc import Sequence
from pathlib import Path

from commands.client import patch_many
from commands.ports import Done
from consumers.feeds.client_mapping import ClientColumns, ClientMapping
from consumers.feeds.clients import MOST_EVENTS, import_clients
from consumers.feeds.into import Into
from consumers.feeds.invoices import Rejected
from consumers.feeds.rows import TableFile
from domain.client.patch import ClientPatch
from domain.refusals import Refusal
from tests.support.memory import ports, request

MAPPING = ClientMapping(
    source="crm", nobody=[], columns=ClientColumns(number=["id"], family="family", tags="tags", email="email")
)


def test_batches_are_bounded_and_every_row_is_counted_once(tmp_path: Path) -> None:
    path, world = tmp_path / "clients.csv", ports()
    tags = "|".join(f"tag {number}" for number in range(20))
    rows = [f"{number % 90},Leclerc,{tags},{'?' if number % 7 == 0 else ''}" for number in range(100)]
    path.write_text("\n".join(["id,family,tags,email", *rows]) + "\n")
    file = TableFile(path, MAPPING.file, MAPPING.named_columns())
    rejected: list[Rejected] = []
    progress: list[int] = []
    sizes: list[int] = []

    def record(patches: Sequence[ClientPatch]) -> list[Done | Refusal]:
        outcomes = patch_many(patches, world, request())
        sizes.append(sum(len(each.events) for each in outcomes if isinstance(each, Done)))
        return outcomes

    into = Into(record, rejected.append, lambda done, total: progress.append(done))
    summary = import_clients(file, MAPPING, into)
    again = import_clients(file, MAPPING, into)

    assert max(sizes) <= MOST_EVENTS
    assert len(sizes) > 4
    assert (summary.rows, summary.rejected) == (100, {"unreadable": 15})
    assert summary.registered + summary.changed + summary.unchanged == 85
    assert (again.registered, again.changed, again.unchanged) == (0, 0, 85)
    assert [each.row.line for each in rejected[:15]] == sorted(each.row.line for each in rejected[:15])
    assert progress[-1] == 100
