"""What a measured stretch cost: seconds of CPU of some processes, and how busy the machine was. Linux only."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12  # behind the name in parentheses, which may hold blanks
_IDLE, _WAITING = 3, 4


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu` is of the processes, `busy` of all cores that everything on the machine used, from 0 to 1."""

    seconds: float
    cpu: float
    busy: float


class Meter:
    """Runs from its making until `read`."""

    def __init__(self, processes: Sequence[int]) -> None:
        self._processes = processes
        self._start = perf_counter()
        self._cpu = _cpu(processes)
        self._machine = _machine()

    def read(self) -> Cost:
        seconds = perf_counter() - self._start
        busy, all = (now - then for now, then in zip(_machine(), self._machine, strict=True))
        return Cost(seconds, _cpu(self._processes) - self._cpu, busy / max(all, 1))


def _cpu(processes: Sequence[int]) -> float:
    fields = [Path(f"/proc/{id}/stat").read_text().rpartition(")")[2].split() for id in processes]
    return sum(int(each[_USER]) + int(each[_SYSTEM]) for each in fields) / _TICKS


def _machine() -> tuple[int, int]:
    """Ticks of all cores together: busy, and all."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks) - ticks[_IDLE] - ticks[_WAITING], sum(ticks)
