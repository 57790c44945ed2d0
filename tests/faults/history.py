"""What the workload did, as it saw it itself: a file that only grows, written before and after every call.

Nothing of the system under test is asked for it; the checker compares it with what the system holds.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any
from uuid import UUID

INVOKE, OK, FAIL, UNKNOWN = "invoke", "ok", "fail", "unknown"


@dataclass(slots=True)
class Command:
    """One command under its Idempotency-Key, from the first call to the last answer.

    `outcome` is `unknown` until an answer settles it; `id` and `version` are what was answered, `answers` how often.
    """

    key: str
    does: str
    outcome: str = UNKNOWN
    id: UUID | None = None
    version: int = 0
    code: str = ""
    calls: int = 0
    answers: list[tuple[UUID, int]] = field(default_factory=list)


class History:
    """Lines of JSON; for any number of threads."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = Lock()

    def write(self, what: str, key: str, **more: Any) -> None:
        """Writes one line, and returns when it is out of this process."""
        line = json.dumps({"what": what, "key": key, **more}, default=str)
        with self._lock:
            self._file.write(f"{line}\n")
            self._file.flush()

    def __enter__(self) -> "History":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read(path: Path) -> list[Command]:
    """Every command of a history, in the order in which they were first given."""
    commands: dict[str, Command] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        command = commands.setdefault(said["key"], Command(said["key"], said.get("does", "")))
        if said["what"] == INVOKE:
            command.calls += 1
        elif said["what"] == OK:
            command.outcome = OK
            command.id, command.version = UUID(said["id"]), said["version"]
            command.answers.append((command.id, command.version))
        elif said["what"] == FAIL:
            command.outcome, command.code = FAIL, said["code"]
    return list(commands.values())


def outcomes(commands: Iterable[Command]) -> dict[str, int]:
    """How many commands ended in each way."""
    return dict(sorted(Counter(command.outcome for command in commands).items()))
