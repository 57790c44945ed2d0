"""Decisions about a visit without a sale."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.refusals import VisitInvalid, VisitUnknown
from domain.visit import VisitRecorded, VisitWithdrawn, after, record, withdraw

ANNE, BEN, ID = UUID(int=1), UUID(int=2), UUID(int=3)

came = VisitRecorded(
    ANNE, ID, "ines", "paris-1", datetime(2026, 3, 2, 15, 30, tzinfo=UTC), ("B-7",), "price", None, None
)
withdrawn = VisitWithdrawn(ANNE, ID)


@pytest.mark.feature("CS-59")
def test_a_visit_without_a_sale_is_recorded_once() -> None:
    assert record(after([]), came) == [came]
    assert record(after([came]), came) == []
    with pytest.raises(VisitInvalid) as refused:
        record(after([came]), replace(came, reason="size"))
    assert refused.value.field == "visit_id"


@pytest.mark.feature("CS-59")
def test_a_visit_that_ended_with_a_sale_is_withdrawn() -> None:
    assert withdraw(after([came]), ANNE) == [withdrawn]
    assert withdraw(after([came, withdrawn]), ANNE) == []
    for events, who in (([], ANNE), ([came], BEN)):
        with pytest.raises(VisitUnknown) as refused:
            withdraw(after(events), who)
        assert refused.value.field == "visit_id"
