"""Pages and cursors: opaque, and good for one caller, one query and its filters only."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Caller, Role
from domain.refusals import CursorInvalid
from infra.web.sealing import CursorSeal
from queries.page import Bound, Paging, bound

SEAL = CursorSeal(bytes(32))
ADA = Caller("ada", Role.ASSOCIATE, "paris-1")


def asked(
    cursor: str | None = None, who: Caller = ADA, query: str = "purchases", filters: Sequence[Any] = ("x",)
) -> Bound:
    return bound(Paging(SEAL, 2, cursor), who, query, *filters)


def next_cursor() -> str:
    cursor = asked().answer([1, 2, 3], lambda row: row, lambda row: [row])["next_cursor"]
    assert isinstance(cursor, str)
    return cursor


def test_a_page_leads_on_only_if_there_is_more() -> None:
    last = asked().answer([1, 2], lambda row: {"n": row}, lambda row: [row])

    assert last == {"items": [{"n": 1}, {"n": 2}], "next_cursor": None}
    assert asked().fetch == 3


def test_a_cursor_leads_behind_the_last_row_shown() -> None:
    assert asked(next_cursor()).after() == [2]
    assert asked().after() is None


def test_a_cursor_tells_nothing() -> None:
    secret = asked().answer(["Dupont"] * 3, lambda row: row, lambda row: [row])["next_cursor"]

    assert "Dupont" not in str(secret)
    assert next_cursor() != next_cursor()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"who": Caller("eve", Role.ASSOCIATE, "paris-1")},
        {"who": Caller("ada", Role.MANAGER, "paris-1")},
        {"who": Caller("ada", Role.ASSOCIATE, "osaka")},
        {"query": "history"},
        {"filters": ("y",)},
        {"filters": ("x", None)},
    ],
)
def test_a_cursor_is_good_for_its_own_request_only(elsewhere: dict[str, Any]) -> None:
    with pytest.raises(CursorInvalid) as refused:
        asked(next_cursor(), **elsewhere).after()

    assert refused.value.field == "cursor"


@given(st.integers(0, 10_000), st.sampled_from("ABab01-_"))
def test_a_changed_cursor_is_refused(at: int, letter: str) -> None:
    cursor = next_cursor()
    at %= len(cursor)
    changed = cursor[:at] + letter + cursor[at + 1 :]

    if changed != cursor:
        with pytest.raises(CursorInvalid):
            asked(changed).after()


@given(st.text())
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        asked(cursor).after()


def test_a_cursor_sealed_with_another_key_is_refused() -> None:
    other = bound(Paging(CursorSeal(b"k" * 32), 2, next_cursor()), ADA, "purchases", "x")

    with pytest.raises(CursorInvalid):
        other.after()
