"""The embedded broker: from wheels and locked jars alone, and gone with its parent. Killed: `test_relay_faults.py`."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from infra.embedded.jars import CACHE, WrongHash, fetch, read_lock
from infra.embedded.kafka import _LOCK, VERSION

PARENT = """
import sys
from pathlib import Path
from infra.embedded.kafka import EmbeddedKafka
broker = EmbeddedKafka.start(Path(sys.argv[1]))
print(broker._broker.pid, flush=True)
sys.stdin.read()
"""


def test_it_needs_nothing_on_the_path_and_ends_with_its_parent(tmp_path: Path) -> None:
    # What the environment says about certificates stays: the jars may have to be downloaded first.
    bare = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "CLASSPATH")}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**bare, "PATH": "/nonexistent"},
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        waiting = os.pidfd_open(pid)
        parent.kill()
    assert select.select([waiting], [], [], 10)[0], "the broker outlives its parent"


def test_every_jar_is_locked() -> None:
    jars = list(read_lock(_LOCK))

    assert {jar.version for jar in jars if jar.group == "org.apache.kafka"} == {VERSION}
    assert [path.name for path in fetch(_LOCK)] == [jar.file_name for jar in jars]


def test_a_jar_that_is_not_the_locked_one_is_refused_and_a_damaged_one_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = next(read_lock(_LOCK))
    good = CACHE / jar.file_name
    monkeypatch.setattr("jgo.maven.Artifact.resolve", lambda artifact: _copy(good, artifact.context.repo_cache))
    lock = tmp_path / "lock"

    lock.write_text(f"{jar.group}:{jar.artifact}:{jar.version} {'0' * 64}\n")
    with pytest.raises(WrongHash):
        fetch(lock, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []

    lock.write_text(f"{jar.group}:{jar.artifact}:{jar.version} {jar.sha256}\n")
    (tmp_path / "cache" / jar.file_name).write_bytes(b"half of i")
    (path,) = fetch(lock, tmp_path / "cache")
    assert path.read_bytes() == good.read_bytes()


def _copy(jar: Path, directory: Path) -> Path:
    copied = directory / jar.name
    copied.write_bytes(jar.read_bytes())
    return copied
