"""A command about many clients: carried out so many with one append, and what came of it counted."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from commands.execute import Decision, execute_many
from commands.ports import Ports, Request
from domain.left_alone import LeftAlone, counted
from domain.refusals import Refusal


class Outcome(NamedTuple):
    """How many clients it is so for now, whether it was before or not, and how many stayed as they were, by why."""

    done: int
    left_alone: tuple[LeftAlone, ...]


def in_parts(ports: Ports, request: Request, decisions: Sequence[Decision[Any]], at_a_time: int) -> Outcome:
    """Lets each stream decide; a refusal leaves it alone. Stopped on the way and asked again, it goes on where it was:
    what was decided before is no news."""
    left: Counter[str] = Counter()
    for at in range(0, len(decisions), at_a_time):
        outcomes = execute_many(ports, request, decisions[at : at + at_a_time])
        left.update(outcome.code for outcome in outcomes if isinstance(outcome, Refusal))
    return Outcome(len(decisions) - left.total(), counted(left))
