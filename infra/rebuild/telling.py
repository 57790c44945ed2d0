"""What a rebuild says while it works: a bar with the time left on a terminal, or a line of JSON a second."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from time import monotonic
from typing import Any, Final

import typer

from infra.sql.comparing import Comparison
from infra.work import progress_bar
from projections.projection import Projection

EVERY_SECONDS: Final = 1.0


class Rate:
    """How fast it goes, since it began to be asked."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began: tuple[float, int] | None = None

    def left(self, done: int, total: int) -> tuple[float | None, float | None]:
        """Events per second, and seconds left; None while nobody can say."""
        now = self._clock()
        began, first = self._began = self._began or (now, done)
        if now <= began or done <= first:
            return None, None
        speed = (done - first) / (now - began)
        return round(speed, 1), round(max(0, total - done) / speed, 1)


class JsonLines:
    """`infra.rebuild.work.Telling` for a program: an object a line, each with `phase`."""

    def __init__(self, projection: Projection) -> None:
        self._about = {"projection": projection.name, "version": projection.version}
        self._phase = ""
        self._rate = Rate()
        self._told = 0.0

    def phase(self, phase: str, what: str = "") -> None:
        self._phase, self._rate = phase, Rate()
        self.say({"phase": phase, **({"what": what} if what else {})})

    def progress(self, done: int, total: int) -> None:
        per_second, left = self._rate.left(done, total)
        if monotonic() - self._told >= EVERY_SECONDS or done >= total:
            self._told = monotonic()
            numbers = {"done": done, "total": total, "per_second": per_second, "seconds_left": left}
            self.say({"phase": self._phase, **numbers})

    def compared(self, comparison: Comparison | None) -> None:
        found = None if comparison is None else {"equal": comparison.equal, **asdict(comparison)}
        self.say({"phase": "compared", "comparison": found})

    def trouble(self, error: str) -> None:
        self.say({"phase": "trouble", "error": error})

    def say(self, told: dict[str, Any]) -> None:
        typer.echo(json.dumps({**self._about, **told}, default=str))

    def ended(self, ending: str, sentence: str) -> None:
        self.say({"phase": ending, "told": sentence})

    def close(self) -> None:
        pass


class Words:
    """`infra.rebuild.work.Telling` for a person."""

    def __init__(self, projection: Projection) -> None:
        self._name = f"{projection.name} v{projection.version}"
        self._bar = ExitStack()
        self._update: Callable[[int, int], None] | None = None
        self._phase = ""

    def phase(self, phase: str, what: str = "") -> None:
        self._bar.close()
        self._update, self._phase = None, phase
        typer.echo(f"{self._name}: {' '.join(filter(None, [phase, what]))}", err=True)

    def progress(self, done: int, total: int) -> None:
        if self._update is None:
            self._update = self._bar.enter_context(progress_bar(self._phase))
        self._update(done, total)

    def compared(self, comparison: Comparison | None) -> None:
        self._bar.close()
        typer.echo("\n".join(described(comparison)))

    def trouble(self, error: str) -> None:
        self._bar.close()
        self._update = None
        typer.echo(f"{self._name}: begins again from what is stored, after {error}", err=True)

    def ended(self, ending: str, sentence: str) -> None:
        self._bar.close()
        typer.echo(sentence)

    def close(self) -> None:
        self._bar.close()


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


def _key(row: dict[str, Any]) -> str:
    *key, what = row.items()
    return f"{', '.join(f'{name} {value}' for name, value in key)}: {what[1]}"
