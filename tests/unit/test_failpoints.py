"""A failpoint kills at the occurrence that is asked for, and only where failpoints are allowed."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = "from infra.failpoints import reached\nfor n in range(1, 4):\n    print(n, flush=True)\n    reached('here')"


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("failpoint", "lines"), [("here", 1), ("here:1", 1), ("here:3", 3)])
def test_it_kills_the_process_that_comes_there(failpoint: str, lines: int) -> None:
    ended = run(CARNET_FAILPOINT=failpoint, CARNET_FAILPOINTS_ALLOWED="yes")

    assert ended.returncode == -signal.SIGKILL
    assert len(ended.stdout.split()) == lines


@pytest.mark.parametrize("failpoint", ["", "there", "here:4"])
def test_nothing_happens_anywhere_else(failpoint: str) -> None:
    assert run(CARNET_FAILPOINT=failpoint, CARNET_FAILPOINTS_ALLOWED="yes").returncode == 0


def test_it_stands_still_where_it_is_told_to_until_it_may_go_on() -> None:
    armed = {"CARNET_FAILPOINT": "here:2:stop", "CARNET_FAILPOINTS_ALLOWED": "yes"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **armed}, stdout=subprocess.PIPE, text=True
    ) as process:
        stopped = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert stopped is not None
        assert stopped.si_code == os.CLD_STOPPED
        process.send_signal(signal.SIGCONT)

        assert process.communicate(timeout=20)[0].split() == ["1", "2", "3"]
    assert process.returncode == 0


def test_it_is_refused_unless_it_is_allowed() -> None:
    ended = run(CARNET_FAILPOINT="here")

    assert ended.returncode == 1
    assert "FailpointRefused" in ended.stderr
