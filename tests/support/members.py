"""Members of a consumer group, each polling without a pause as a projector does: in a thread, or a process to kill."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from consumers.source import Unavailable
from infra.broker.source import KafkaSource
from infra.broker.topics import Topics

Sees = Callable[[], list[int]]
"""Which partitions a member reads now."""


@contextmanager
def member(
    bootstrap: str, topics: Topics, group: str, name: str | None = None, timeout: float = 0.5
) -> Iterator[KafkaSource]:
    """A member that joins at once and leaves at the end; with a `name` its place is kept for a while."""
    source, stop = KafkaSource(bootstrap, topics, group, name), Event()

    def run() -> None:
        while not stop.is_set():
            try:
                source.poll(100, timeout)
            except Unavailable:
                stop.wait(0.1)
        source.close()

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield source
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive(), "a member did not stop"


@contextmanager
def member_process(
    bootstrap: str, topics: Topics, group: str, name: str | None = None
) -> Iterator[tuple[subprocess.Popen[str], Sees]]:
    """The same as a process of its own, killed at the latest when the context ends."""
    arguments = [bootstrap, topics.prefix, str(topics.partitions), group, *([name] if name else [])]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.members", *arguments], stdout=subprocess.PIPE, text=True
    )
    seen: list[list[int]] = [[]]

    def listen() -> None:
        assert process.stdout is not None
        seen.extend(json.loads(line) for line in process.stdout)

    thread = Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield process, lambda: seen[-1]
    finally:
        process.kill()
        process.wait()
        thread.join()
        assert process.stdout is not None
        process.stdout.close()


def wait_until(done: Callable[[], bool], seconds: float, said: Callable[[], object] = lambda: "") -> float:
    """Returns after how many seconds it was so; fails with what is `said` if that is not within `seconds`."""
    pause, began = Event(), monotonic()
    while not done():
        assert monotonic() < began + seconds, said()
        pause.wait(0.02)
    return monotonic() - began


def main(bootstrap: str, prefix: str, partitions: str, group: str, name: str | None = None) -> None:
    source = KafkaSource(bootstrap, Topics(prefix, int(partitions)), group, name)
    shown: list[int] = []
    while True:
        source.poll(100, 0.5)
        if (now := list(source.partitions)) != shown:
            shown = now
            sys.stdout.write(json.dumps(shown) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
