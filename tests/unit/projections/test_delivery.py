"""Every projection gives the same rows however its events arrive."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from projections.projection import Projection
from projections.registry import PROJECTIONS
from tests.support.delivery import delivery
from tests.support.projections import Tables
from tests.support.read_models import MemoryReadModels

# A failure prints its seed; shrinking a seed would say nothing more.
random_deliveries = settings(max_examples=200, phases=(Phase.generate,))


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@random_deliveries
@given(seed=st.integers(0, 2**63))
def test_any_delivery_gives_the_rows_of_one_at_a_time(projection: Projection, seed: int) -> None:
    read_models = MemoryReadModels()

    expected = delivery(seed, [projection], read_models, decisions=40)

    assert read_models.rows() == expected


@random_deliveries
@given(seed=st.integers(0, 2**63))
def test_projections_of_one_process_do_not_disturb_each_other(seed: int) -> None:
    read_models = MemoryReadModels()

    expected = delivery(seed, PROJECTIONS, read_models, decisions=40)

    assert read_models.rows() == expected


def test_random_decisions_reach_every_table() -> None:
    """Else the property would hold of nothing."""
    filled: set[str] = set()
    for seed in range(10):
        rows: Tables = delivery(seed, PROJECTIONS, MemoryReadModels(), decisions=1000)
        filled |= {name for name, found in rows.items() if found}

    assert filled == {table.name for projection in PROJECTIONS for table in projection.tables}
