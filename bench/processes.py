"""Programs that run beside the benchmark: other processes, and an environment that is not ours."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from bench.measure import tell
from infra.embedded.jars import CACHE

PATIENCE_SECONDS: Final = 120

_UV: Final = Path(sys.executable).with_name("uv")


def environment(lock: Path) -> Path:
    """The Python of an environment with exactly what this lock names; an earlier one serves again."""
    name = f"{lock.parent.name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    home = CACHE.parent / "bench" / name
    python = home / "bin" / "python"
    complete = home / "complete"
    if not complete.exists():
        tell(f"making an environment for {lock.parent.name}")
        subprocess.run([_UV, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
        subprocess.run(
            [_UV, "pip", "sync", "--quiet", "--python", python, "--require-hashes", lock.name],
            cwd=lock.parent,
            check=True,
        )
        complete.touch()
    return python


@contextmanager
def process(command: Sequence[str], variables: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    started = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        if started.stdout is not None:
            started.stdout.close()


def until(done: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE_SECONDS
    while not done():
        assert monotonic() < end, "took too long"
        sleep(0.01)
