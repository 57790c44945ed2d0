"""A whole Carnet on Kafka at work, each of its processes killed, paused and cut off: nothing lost, doubled or inverted.

One test, because one such Carnet is enough for a machine. `make faults` goes on for longer, by any seed.
"""

import json
import subprocess
import sys
from collections.abc import Callable

from tests.faults.faults import FAILPOINTS
from tests.faults.run import Report
from tests.support.summary import TOLD

# In a process of its own: clients of a broker that is killed leave sockets behind, which no other test is to find.
SHORT = [sys.executable, "-m", "tests.faults", "--seed", "1", "--minutes", "0", "--json"]


def test_whatever_is_killed_paused_or_cut_off_every_event_is_sent_and_projected_once(
    record_property: Callable[[str, object], None],
) -> None:
    ran = subprocess.run(SHORT, capture_output=True, text=True, check=False)

    assert ran.stdout, ran.stderr
    report = Report.of(json.loads(ran.stdout))
    record_property(TOLD, report.lines())
    assert (report.violations, ran.returncode) == ([], 0), "\n".join([ran.stderr, *report.lines()])
    points = {f"kill at {point}" for points in FAILPOINTS.values() for point in points}
    assert points <= report.faults.keys()
    assert report.duplicates > 0, "nothing was ever sent again: the faults were too gentle to show anything"
