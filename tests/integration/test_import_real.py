"""Two years of real transactions come to the figures that are known of them, from the read models; and told as a
point of sale tells them, they are no news."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from consumers.point_of_sale import Fate
from projections.client_card import card
from projections.purchase_history import RETURN, SALE, line, sale
from tests.support.importing import Importing
from tests.support.retail import FIRST, SECOND, needs_the_files, receipts, told

pytestmark = needs_the_files


@dataclass(frozen=True)
class Figures:
    """What is known of a file. Clean sales have a client and a price and are no returns; their revenue is in pounds,
    to the penny, while a few prices are in tenths of one."""

    lines: int
    without_client: int
    clients: int
    invoices: int
    return_lines: int
    clean_lines: int
    clean_clients: int
    clean_invoices: int
    clean_revenue: Decimal


IN_FIRST = Figures(525_461, 107_927, 4_383, 28_816, 10_206, 407_664, 4_312, 19_213, Decimal("8832003.27"))
IN_SECOND = Figures(541_909, 135_080, 4_372, 25_900, 9_288, 397_884, 4_338, 18_532, Decimal("8911407.90"))
IN_BOTH = Figures(1_044_847, 235_287, 5_942, 53_628, 19_165, 791_044, 5_878, 36_969, Decimal("17431533.18"))

RECORDED = f"""
SELECT count(*), count(*) FILTER (WHERE client_id IS NULL), count(DISTINCT client_id), count(DISTINCT sale_id),
       count(*) FILTER (WHERE kind = '{RETURN}'),
       count(*) FILTER (WHERE clean), count(DISTINCT client_id) FILTER (WHERE clean),
       count(DISTINCT sale_id) FILTER (WHERE clean), round(sum(net) FILTER (WHERE clean), 2)
FROM (SELECT sale_id, sale.client_id, kind, net,
             kind = '{SALE}' AND sale.client_id IS NOT NULL AND unit_price > 0 AS clean
      FROM {sale.name} AS sale JOIN {line.name} USING (sale_id)
      WHERE %(invoices)s::text[] IS NULL OR number = ANY (%(invoices)s)) AS lines
"""


def test_the_figures_of_each_file_and_of_both_come_out_of_the_read_model(
    database: Callable[[], str], tmp_path: Path
) -> None:
    carnet = Importing.into(database, tmp_path)

    report, first = imported(carnet, FIRST)
    assert (report["unchanged"], figures(carnet, first)) == (0, IN_FIRST)
    no_news_to_a_till(carnet, report, first)

    report, second = imported(carnet, SECOND)
    twice = {row["invoice"] for row in first}
    assert report["unchanged"] + sum(row["invoice"] in twice for row in second) == 22_523
    assert figures(carnet, [*first, *(row for row in second if row["invoice"] not in twice)]) == IN_BOTH
    assert figures(carnet, second, list(receipts(SECOND))) == IN_SECOND
    assert clients(carnet) == IN_BOTH.clients


def imported(carnet: Importing, file: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Imports the file and projects it; returns the summary and the rejected rows."""
    answer = carnet.run(file, "--mapping", "online-retail", "--json")
    [report] = json.loads(answer.stdout)["files"]
    assert report["rejected"].keys() <= {"write-off", "bad debt", "impossible"}
    with carnet.opened() as house, house.projector(["purchase_history", "client_card"]) as runner:
        while runner.step():
            pass
    with Path(report["rejected_rows"]).open(encoding="utf-8", newline="") as rows:
        return report, list(csv.DictReader(rows))


def no_news_to_a_till(carnet: Importing, report: dict[str, Any], rejected: Sequence[dict[str, str]]) -> None:
    """A point of sale tells the first file, and every receipt is there with the same content or kept out like its rows:
    whoever brings it, it comes to the same figures."""
    before, told_of = carnet.stored(), receipts(FIRST)
    impossible = {row["invoice"] for row in rejected if row["rejected because"] == "impossible"}
    with carnet.opened() as house:
        fates, aside = told(house, told_of)

    recorded = report["sales"] + report["returns"]
    assert aside == dict.fromkeys(impossible, "impossible")
    declined = len(told_of) - recorded - len(impossible)
    assert fates == Counter({Fate.UNCHANGED: recorded, Fate.PARKED: len(impossible), Fate.DECLINED: declined})
    assert carnet.stored() == before


def figures(carnet: Importing, rejected: Sequence[dict[str, str]], invoices: Sequence[str] | None = None) -> Figures:
    """What the read model says, of these invoices or of all, and with it the rejected rows where every row counts."""
    with psycopg.connect(str(carnet.settings.read_url)) as connection:
        [recorded] = connection.execute(RECORDED, {"invoices": invoices}).fetchall()
    lines, without_client, known, numbers, returned, *clean = recorded
    return Figures(
        lines + len(rejected),
        without_client + sum(not row["customer_id"] for row in rejected),
        known,
        numbers + len({row["invoice"] for row in rejected}),
        returned + sum(row["invoice"].startswith("C") for row in rejected),
        *clean,
    )


def clients(carnet: Importing) -> int:
    with psycopg.connect(str(carnet.settings.read_url)) as connection:
        [[count]] = connection.execute(f"SELECT count(*) FROM {card.name}").fetchall()
        return int(count)
