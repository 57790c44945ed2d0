"""An example of every event about what was told in clear."""

from uuid import UUID

from domain import disclosure
from tests.support.examples.who import ANN
from tests.support.memory import NOON

EXAMPLES: dict[str, object] = {
    "disclosure.made.v1": disclosure.DisclosureMade(
        UUID(int=12), "review of the year 2025", 1, 4711, NOON, None, ("client.registered.v1",), ANN, None
    )
}
