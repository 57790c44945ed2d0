"""Two ways of doing the same work, run in turn; what counts is their ratio pair by pair, because machines drift."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: how often we are as fast as the peer (`ratio`), in the median of the pairs.

    `ours` and `peers` are rates per second (or milliseconds where `unit` says so); `goal` is what the ratio should be.
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
    def reached(self) -> bool:
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
    """Runs both in turn, `rounds` times after one warm-up; each returns the seconds it took for `amount` things."""
    pairs: list[tuple[float, float]] = []
    for each in range(rounds + 1):
        # Whoever goes first finds other caches: take turns at that, too.
        pair = (ours(), theirs()) if each % 2 == 0 else tuple(reversed((theirs(), ours())))
        if each:
            pairs.append((amount / pair[0], amount / pair[1]))
    return compared(stage, case, peer, "per second", goal, pairs)


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
