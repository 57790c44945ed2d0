"""What long work has around it: a bar that says how much is left, a garbage collector that keeps out of the way, memory
that is used again, and manners towards whoever is served meanwhile."""

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

# A tenth of a core where others want all of it. It cannot be taken back, and less would be too little for the moments
# in which somebody has to wait for this work.
NICENESS: Final = 10

# As `man mallopt` names them, in bytes. Larger pieces than this glibc always gives back.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_LARGEST_KEPT: Final = 32 * 1024 * 1024
_MOST_KEPT: Final = 1024 * 1024 * 1024


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left on a terminal's standard error; nothing where nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def work_in_batches() -> Iterator[None]:
    """For work that makes millions of small objects, no cycles, and large buffers, and forgets them batch by batch.

    To look for cycles costs a quarter of its time. A projector holds two batches at once, some 200,000 objects; the
    collector begins when more than twice as many have been made, and are still there, since it last did.
    """
    usual = gc.get_threshold()
    gc.set_threshold(500_000, *usual[1:])
    _keep_memory()
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _keep_memory() -> None:
    """From now on this process keeps what it frees for what it makes next: else its buffers are fresh pages of the
    system for each batch, up to a tenth of a projector's time. What the largest batches took stays taken. Where the C
    library is not glibc, nothing changes."""
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
        mallopt(_M_TRIM_THRESHOLD, _MOST_KEPT)


@contextmanager
def short_turns() -> Iterator[None]:
    """For work beside threads that mostly wait for a database: who has an answer begins within half a millisecond
    instead of five, in which the database would have nothing to do."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def give_way() -> None:
    """From now on others are served first where cores are scarce; where one is free it makes no difference."""
    os.nice(NICENESS)
