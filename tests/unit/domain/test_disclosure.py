"""What was told in clear is recorded once."""

from domain.disclosure import DisclosureMade, after, make
from tests.support.examples.disclosure import EXAMPLES


def test_a_disclosure_is_made_once() -> None:
    disclosure = EXAMPLES["disclosure.made.v1"]
    assert isinstance(disclosure, DisclosureMade)

    assert make(after([]), disclosure) == [disclosure]
    assert make(after([disclosure]), disclosure) == []
