"""The hops of a house in plain words: what is wrong first, and what to type next."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from infra.oncall.hops import Hop, wrong

_STATE_WIDTH: Final = 12


def verdict(hops: Sequence[Hop]) -> str:
    """In one sentence."""
    match len(wrong(hops)):
        case 0:
            return "All is well"
        case 1:
            return "One thing wants looking at"
        case many:
            return f"{many} things want looking at"


def standing(hop: Hop) -> str:
    """Where it is and how far behind, as far as that is known."""
    if hop.position is None:
        return "" if hop.behind is None else f"{hop.behind:,} waiting"
    if hop.behind is None:
        return f"at {hop.position}"
    behind = f"{hop.behind:,} behind, {hop.behind_seconds or 0:.1f} s" if hop.behind else "up to date"
    return f"at {hop.position}: {behind}"


def describe(hops: Sequence[Hop], at: datetime) -> str:
    """For a person at a terminal."""
    lines = [f"{verdict(hops)}, as of {at:%Y-%m-%d %H:%M:%S} UTC.", ""]
    for hop in wrong(hops):
        lines += [f"{hop.state.upper():{_STATE_WIDTH}}{hop.name}: {hop.says}"]
        lines += [f"{'':{_STATE_WIDTH}}$ {command}" for command in hop.todo] + [""]
    width = max(len(hop.name) for hop in hops) + 2
    lines += [f"{hop.name:{width}}{hop.state:{_STATE_WIDTH}}{_more(hop)}".rstrip() for hop in hops]
    return "\n".join(lines)


def as_dict(hops: Sequence[Hop], at: datetime) -> dict[str, Any]:
    """The same for a program."""
    return {"as_of": at, "well": not wrong(hops), "hops": [asdict(hop) for hop in hops]}


def _more(hop: Hop) -> str:
    rebuilt = "" if hop.rebuilt is None else f"made anew to {hop.rebuilt:.0%}"
    return ", ".join(filter(None, [standing(hop), rebuilt, "the former generation is kept" if hop.former else ""]))
