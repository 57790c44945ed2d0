"""The token of a position: round, tamper-evident, and of one log only."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import PositionInvalid
from infra.web.position import Positions

LOG = UUID(int=0xCA)
positions = Positions(LOG, lambda key: key.int % 24)


@given(st.uuids(), st.integers(0, 2**63 - 1))
def test_a_position_comes_back_as_it_went(key: UUID, position: int) -> None:
    assert positions.read(positions.token(key, position)) == (key.int % 24, position)


@given(st.integers(0, 10_000), st.integers(0, 41), st.sampled_from("Aa0_-"))
def test_a_changed_token_is_refused(position: int, at: int, letter: str) -> None:
    token = positions.token(LOG, position)
    changed = token[:at] + letter + token[at + 1 :]
    if at < 41 and changed != token:
        with pytest.raises(PositionInvalid):
            positions.read(changed)


@given(st.text())
def test_whatever_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(PositionInvalid) as refused:
        positions.read(text)
    assert refused.value.field == "Carnet-Position"


def test_a_position_of_another_log_is_refused() -> None:
    restored = Positions(UUID(int=0xCB), lambda key: 0)
    with pytest.raises(PositionInvalid, match="another log"):
        restored.read(positions.token(LOG, 7))
