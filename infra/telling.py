"""How far long work is, told: to a person, by a bar with the time left on a terminal, or to a program, by a line of
JSON a second."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from time import monotonic
from typing import Any, Final

import typer

from infra.work import progress_bar

EVERY_SECONDS: Final = 1.0


class Rate:
    """How fast it goes, since it began to be asked."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began: tuple[float, int] | None = None

    def left(self, done: int, total: int) -> tuple[float | None, float | None]:
        """Rows or events per second, and seconds left; None while nobody can say."""
        now = self._clock()
        began, first = self._began = self._began or (now, done)
        if now <= began or done <= first:
            return None, None
        speed = (done - first) / (now - began)
        return round(speed, 1), round(max(0, total - done) / speed, 1)


class JsonLines:
    """For a program: an object a line, each with `phase` and with what it is `about`."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self._about = about
        self._phase: dict[str, Any] = {}
        self._rate = Rate()
        self._told = 0.0

    def phase(self, phase: str, what: str = "") -> None:
        self._phase, self._rate = {"phase": phase, **({"what": what} if what else {})}, Rate()
        self.say(self._phase)

    def progress(self, done: int, total: int) -> None:
        per_second, left = self._rate.left(done, total)
        if monotonic() - self._told >= EVERY_SECONDS or done >= total:
            self._told = monotonic()
            numbers = {"done": done, "total": total, "per_second": per_second, "seconds_left": left}
            self.say({**self._phase, **numbers})

    def trouble(self, error: str) -> None:
        self.say({"phase": "trouble", "error": error})

    def say(self, told: Mapping[str, Any]) -> None:
        typer.echo(json.dumps({**self._about, **told}, default=str))

    def ended(self, ending: str, sentence: str, found: Mapping[str, Any] | None = None) -> None:
        self.say({"phase": ending, "told": sentence, **(found or {})})


class Words:
    """For a person, about what has this `name`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar = ExitStack()
        self._update: Callable[[int, int], None] | None = None
        self._phase = ""

    def phase(self, phase: str, what: str = "") -> None:
        self._bar.close()
        self._update, self._phase = None, " ".join(filter(None, [phase, what]))
        typer.echo(f"{self._name}: {self._phase}", err=True)

    def progress(self, done: int, total: int) -> None:
        if self._update is None:
            self._update = self._bar.enter_context(progress_bar(self._phase))
        self._update(done, total)

    def trouble(self, error: str) -> None:
        self._bar.close()
        self._update = None
        typer.echo(f"{self._name}: begins again from what is stored, after {error}", err=True)

    def ended(self, ending: str, sentence: str, found: Mapping[str, Any] | None = None) -> None:
        self._bar.close()
        typer.echo(sentence)
