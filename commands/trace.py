"""Where a request stands in a trace that may have begun elsewhere and goes on elsewhere: W3C Trace Context.

A trace is handed on here and never recorded: there are no spans. `docs/adr/0017-a-trace-is-handed-on.md` says why, and
why a caller's `tracestate` is not kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from typing_extensions import override

# Version 00 as it is written; of a later one its beginning, behind which more may stand.
_WRITTEN: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_NO_VERSION: Final = "ff"
# Sampled, and that the id of the trace is random. What any other would mean is not known, so it is not told on.
_KNOWN_FLAGS: Final = 0b11
_RANDOM: Final = 0b10


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of a trace. `trace_id` is 32, `step_id` 16 hexadecimal digits, neither all zeros."""

    trace_id: str
    step_id: str
    flags: int = 0

    @override
    def __str__(self) -> str:
        """As a `traceparent`: whoever goes on from here is this step's child."""
        return f"00-{self.trace_id}-{self.step_id}-{self.flags:02x}"

    def next(self, step: UUID) -> "Trace":
        """The step after this one, named by the random half of this id."""
        return Trace(self.trace_id, step.hex[16:], self.flags)


def begun(id: UUID, step: UUID) -> Trace:
    """The first step of a new trace with this random id; nobody has recorded anything of it."""
    return Trace(id.hex, "", _RANDOM).next(step)


def read(told: Sequence[str]) -> Trace | None:
    """The step that a caller stood at, as these `traceparent` headers tell; None unless it is just one, and valid."""
    if len(told) != 1 or (found := _WRITTEN.fullmatch(told[0])) is None:
        return None
    version, trace_id, step_id, flags, more = found.groups()
    if version == _NO_VERSION or (version == "00" and more is not None):
        return None
    if not (trace_id.strip("0") and step_id.strip("0")):
        return None
    return Trace(trace_id, step_id, int(flags, 16) & _KNOWN_FLAGS)
