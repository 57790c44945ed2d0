"""The real Kafka under test, shared by all workers of a run."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from infra.embedded.kafka import EmbeddedKafka


@contextmanager
def shared_broker(directory: Path) -> Iterator[str]:
    """Where the broker is: `CARNET_TEST_KAFKA`, or one that the first who asks starts, and stops after all others."""
    if external := os.environ.get("CARNET_TEST_KAFKA"):
        yield external
        return
    directory.mkdir(parents=True, exist_ok=True)
    address = directory / "address"
    with (directory / "guard").open("w") as guard, (directory / "users").open("w") as users:
        started, data = None, directory / str(uuid4())
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not address.exists():
            started = EmbeddedKafka.start(data)
            address.write_text(started.bootstrap)
        bootstrap = address.read_text()
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(guard, fcntl.LOCK_UN)
        try:
            yield bootstrap
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if started is not None:
                fcntl.flock(guard, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_EX)
                address.unlink()
                started.stop()
                shutil.rmtree(data)
