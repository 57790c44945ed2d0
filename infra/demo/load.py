"""The example house into the log, through the loop that every command goes through."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from commands.execute import Decision, execute_many
from commands.ports import Ports, Request
from domain.refusals import Refusal
from infra.demo.circles import organizations
from infra.demo.history import stories
from infra.demo.rules import rules
from infra.demo.shows import calendar_events
from infra.demo.staff import staff
from infra.demo.telling import Story

# One append holds the log's lock: at most this many events at a time.
MOST_EVENTS: Final = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """How many clients the house has, how many events were added for them, and how many streams were there already."""

    clients: int = 0
    events: int = 0
    known: int = 0


def load(
    ports: Ports,
    request_factory: Callable[[], Request],
    clients: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Summary:
    """Tells the example house's story up to so many clients. What was told before is left as it is by now."""
    done = events = known = 0
    batch: list[Story] = [*staff(), *organizations(), *rules(), *calendar_events()]
    waiting = sum(len(story.events) for story in batch)

    def store() -> None:
        nonlocal events, known
        for outcome in execute_many(ports, request_factory(), [_decision(story) for story in batch]):
            assert not isinstance(outcome, Refusal), f"the story of the house contradicts itself: {outcome}"
            events += len(outcome.events)
            known += not outcome.events
        batch.clear()

    for people, told in stories(seed, clients):
        more = sum(len(story.events) for story in told)
        if batch and waiting + more > MOST_EVENTS:
            store()
            waiting = 0
            progress(done, clients)
        batch.extend(told)
        waiting += more
        done += people
    store()
    progress(done, clients)
    return Summary(done, events, known)


def _decision(story: Story) -> Decision[bool]:
    """A stream begins with its story, or has begun: then it belongs to those who use the house."""
    return Decision(story.stream, any, lambda begun: () if begun else story.events, story.stream.id)
