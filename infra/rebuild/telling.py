"""How far a rebuild is, told while it works, and what its comparison found."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import typer

from infra import telling
from infra.sql.comparing import Comparison
from projections.projection import Projection


class JsonLines(telling.JsonLines):
    """`infra.rebuild.work.Telling` for a program."""

    def __init__(self, projection: Projection) -> None:
        super().__init__({"projection": projection.name, "version": projection.version})

    def compared(self, comparison: Comparison | None) -> None:
        found = None if comparison is None else {"equal": comparison.equal, **asdict(comparison)}
        self.say({"phase": "compared", "comparison": found})


class Words(telling.Words):
    """`infra.rebuild.work.Telling` for a person."""

    def __init__(self, projection: Projection) -> None:
        super().__init__(f"{projection.name} v{projection.version}")

    def compared(self, comparison: Comparison | None) -> None:
        self._bar.close()
        typer.echo("\n".join(described(comparison)))


def described(comparison: Comparison | None) -> list[str]:
    if comparison is None:
        return ["nothing serves yet where this stands, so there is nothing to compare"]
    lines = [f"{comparison.rows:,} rows compared: {'equal' if comparison.equal else 'not equal'}"]
    for each in comparison.differences:
        lines.append(f"  {each.table}: {each.rows:,} rows differ, the first by their keys:")
        lines += [f"    {_key(row)}" for row in each.first]
    if comparison.parked:
        lines.append(f"  without the rows of {comparison.parked:,} keys that are parked")
    if comparison.left_out:
        lines.append(f"  without the totals of {', '.join(comparison.left_out)}, for keys are parked")
    return lines


def _key(row: Mapping[str, Any]) -> str:
    *key, what = row.items()
    return f"{', '.join(f'{name} {value}' for name, value in key)}: {what[1]}"
