"""Two ways of doing the same work, run in turn; what counts is their ratio pair by pair, because machines drift."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final, TypeVar

T = TypeVar("T")
U = TypeVar("U")

_BEGAN: Final = perf_counter()


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: how often we are as fast as the peer (`ratio`), in the median of the pairs.

    `ours` and `peers` are rates per second (or what else `unit` says); `goal` is what the ratio should be, empty where
    the ratio is only told.
    """

    stage: str
    case: str
    peer: str
    unit: str
    ours: float
    peers: float
    ratio: float
    spread: tuple[float, float]
    goal: str

    @property
    def reached(self) -> bool | None:
        if not self.goal:
            return None
        sign, bound = self.goal.split()
        return self.ratio >= float(bound) if sign == ">=" else self.ratio <= float(bound)


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def rates(
    stage: str,
    case: str,
    peer: str,
    goal: str,
    amount: int,
    ours: Callable[[], float],
    theirs: Callable[[], float],
    rounds: int = 5,
) -> Figure:
    """Runs both in turn; each returns the seconds it took for `amount` things."""
    pairs = in_turn(f"{stage}, {case}", rounds, ours, theirs)
    return compared(stage, case, peer, "per second", goal, [(amount / ours, amount / theirs) for ours, theirs in pairs])


def in_turn(what: str, rounds: int, ours: Callable[[], T], theirs: Callable[[], U]) -> list[tuple[T, U]]:
    """What both return, pair by pair, `rounds` times after one warm-up."""
    pairs: list[tuple[T, U]] = []
    for each in range(rounds + 1):
        tell(f"{what}: round {each} of {rounds}")
        # Whoever goes first finds other caches: take turns at that, too.
        if each % 2 == 0:
            pair = ours(), theirs()
        else:
            second = theirs()
            pair = ours(), second
        if each:
            pairs.append(pair)
    return pairs


def tell(what: str) -> None:
    """Says on standard error what is being done, with the time since the beginning."""
    minutes, left = divmod(int(perf_counter() - _BEGAN), 60)
    print(f"{minutes:2}:{left:02} {what}", file=sys.stderr, flush=True)


def compared(stage: str, case: str, peer: str, unit: str, goal: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    ratios = [ours / theirs for ours, theirs in pairs]
    return Figure(
        stage,
        case,
        peer,
        unit,
        median(ours for ours, _ in pairs),
        median(theirs for _, theirs in pairs),
        median(ratios),
        (min(ratios), max(ratios)),
        goal,
    )
