"""An import that is killed and started again comes to the log of one that nobody disturbed."""

import signal
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.support.feed import busy_month
from tests.support.importing import Importing

EVENTS = 6_000


def test_killed_anywhere_and_started_again_it_comes_to_the_same_log(
    database: Callable[[], str], tmp_path: Path
) -> None:
    file = busy_month(tmp_path, EVENTS)
    undisturbed = Importing.into(database, tmp_path / "undisturbed")
    killed = Importing.into(database, tmp_path / "killed")
    expected = undisturbed.run(file, "--mapping", "online-retail", "--json")
    chance = Random(1)
    seen = 0
    for _ in range(3):
        seen = _killed_beyond(killed, file, seen + chance.randrange(EVENTS // 5))
    again = killed.run(file, "--mapping", "online-retail", "--json")

    assert (expected.exit_code, again.exit_code) == (1, 1), again.stderr  # a few rows are spoiled
    assert 0 < seen < undisturbed.stored()
    streams = undisturbed.streams()
    assert killed.streams() == streams
    assert list(killed.streams()) == list(streams)
    assert killed.stored() == undisturbed.stored()


def _killed_beyond(carnet: Importing, file: Path, events: int) -> int:
    """Kills an import as soon as more than so many events are seen in the log; returns how many there are then."""
    with carnet.start(file, "--mapping", "online-retail") as process:
        while carnet.stored() <= events:
            assert process.poll() is None, f"the import ended before it was killed: {process.communicate()}"
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    return carnet.stored()
