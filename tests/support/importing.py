"""`carnet import sales`, or `clients`, on databases of a test's own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.settings import Settings
from infra.wiring import House, house

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Importing:
    """One Carnet that files are imported into, by processes that may be killed."""

    settings: Settings
    what: str = "sales"

    @classmethod
    def into(cls, database: Callable[[], str], home: Path, what: str = "sales") -> "Importing":
        return cls(Settings(database_url=database(), keys_url=database(), read_url=database(), home=home), what)

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """In a process of its own, that can be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "infra", "import", self.what, *map(str, arguments)],
            cwd=REPOSITORY,
            env={**os.environ, **self._environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str | Path) -> Result:
        """In this process, from the command line's words to its exit status."""
        return CliRunner().invoke(app, ["import", self.what, *map(str, arguments)], env=self._environment())

    def _environment(self) -> dict[str, str]:
        return {
            "CARNET_DATABASE_URL": str(self.settings.database_url),
            "CARNET_KEYS_URL": str(self.settings.keys_url),
            "CARNET_READ_URL": str(self.settings.read_url),
            "CARNET_HOME": str(self.settings.home),
        }

    @contextmanager
    def opened(self) -> Iterator[House]:
        with house(self.settings) as found:
            yield found

    def stored(self) -> int:
        """How many events are in the log; none before there is one."""
        with psycopg.connect(str(self.settings.database_url)) as connection:
            if connection.execute("SELECT to_regclass('carnet_events')").fetchone() == (None,):
                return 0
            [[count]] = connection.execute("SELECT count(*) FROM carnet_events").fetchall()
            return int(count)

    def streams(self) -> dict[UUID, tuple[object, ...]]:
        """The events of every stream, in the order in which the streams began."""
        with psycopg.connect(str(self.settings.database_url)) as connection:
            ids = connection.execute(
                "SELECT originator_id FROM carnet_events WHERE originator_version = 1 ORDER BY notification_id"
            ).fetchall()
        with self.opened() as carnet:
            histories = carnet.ports.streams.read([id for (id,) in ids])
        return {id: history.events for (id,), history in zip(ids, histories, strict=True)}
