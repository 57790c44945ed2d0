"""What every fault is given: a Carnet, who observes it, and seeded chance; and how long things may take."""

from random import Random
from typing import Final

from tests.faults.supervisor import Carnet
from tests.faults.waiting import wait
from tests.faults.watching import Observer

# A failpoint that is not come to in this time was planned in vain.
REACHED_SECONDS: Final = 60.0
# How long after a fault everything may take until it knows all there was to know when the fault was over. The longest
# road: a relay gives up a transaction, and waits to begin again while another holds the lock.
RECOVERY_SECONDS: Final = 60.0


class Missed(Exception):
    """What a fault was to do did not come about: nothing is proved by a run without it."""


class Stage:
    """What a fault is done to, and by what chance."""

    def __init__(self, carnet: Carnet, observer: Observer, random: Random) -> None:
        self.carnet = carnet
        self.observer = observer
        self.random = random

    def caught_up(self, seconds: float = RECOVERY_SECONDS) -> float:
        """Waits until everything that is in the log now is projected; how long that took. Raises `TimeoutError`."""
        end = self.observer.end_now()
        try:
            return wait(lambda: self.observer.projected >= end, f"all is projected up to {end}", seconds)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; {self.observer.where()}") from None
