"""A `traceparent` is read and written as W3C Trace Context says."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.trace import Trace, begun, read

TRACE, STEP = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN = f"00-{TRACE}-{STEP}-01"


def test_a_step_is_followed_by_one_of_the_same_trace() -> None:
    before = read([GIVEN])
    assert before is not None
    assert before == Trace(TRACE, STEP, 1)

    step = before.next(UUID("12345678-1234-4234-8234-123456789abc"))

    assert str(step) == f"00-{TRACE}-8234123456789abc-01"


@pytest.mark.parametrize(
    "told",
    [
        f"01-{TRACE}-{STEP}-01",
        f"cc-{TRACE}-{STEP}-01-what-the-future-will-be-like",
        f"cc-{TRACE}-{STEP}-01-",
        f"fe-{TRACE}-{STEP}-fd",
    ],
)
def test_of_a_later_version_is_read_what_is_known(told: str) -> None:
    assert str(read([told])) == GIVEN


@pytest.mark.parametrize(
    "told",
    [
        "",
        "00",
        f"00-{TRACE}-{STEP}",
        f"00-{TRACE}-{STEP}-1",
        f"00-{TRACE}-{STEP}-001",
        f"00-{TRACE}-{STEP}-0x",
        f"00-{TRACE}-{STEP}-01-",
        f"00-{TRACE}-{STEP}-01-more",
        f"00-{TRACE}-{STEP}-01\n",
        f" 00-{TRACE}-{STEP}-01",
        f"00-{TRACE}-{STEP}-01,00-{TRACE}-{STEP}-01",
        f"00-{TRACE.upper()}-{STEP}-01",
        f"00-{TRACE}-{STEP.upper()}-01",
        f"00-{'0' * 32}-{STEP}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-{STEP}-01",
        f"00-{TRACE}-{STEP}0-01",
        f"0-{TRACE}-{STEP}-01",
        f"ff-{TRACE}-{STEP}-01",
        f"FF-{TRACE}-{STEP}-01",
        f"cc-{TRACE}-{STEP}-01.what",
        f"00_{TRACE}_{STEP}_01",
        f"00-\u0661{TRACE[1:]}-{STEP}-01",
    ],
)
def test_what_is_none_is_not_read(told: str) -> None:
    assert read([told]) is None


def test_two_say_nothing_and_none_does_not_either() -> None:
    assert read([GIVEN, GIVEN]) is None
    assert read([]) is None


@given(st.uuids(version=4), st.uuids(version=4))
def test_what_begins_is_read_again_and_unlike_any_other(id: UUID, step: UUID) -> None:
    first = begun(id, step)

    assert read([str(first)]) == first
    assert first.trace_id == id.hex
    assert first.flags == 0b10


@given(st.integers(0, 255))
def test_flags_that_nobody_knows_are_not_told_on(flags: int) -> None:
    assert str(read([f"00-{TRACE}-{STEP}-{flags:02x}"])) == f"00-{TRACE}-{STEP}-{flags & 3:02x}"


@given(st.text(alphabet="0123456789abcdefABCDEF- ", max_size=70))
def test_nothing_that_is_told_breaks_it(told: str) -> None:
    found = read([told])
    assert found is None or read([str(found)]) == found
