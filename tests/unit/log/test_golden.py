"""Everything ever stored can still be read, and what is stored today looks as it did."""

from pathlib import Path

import pytest

from domain.catalog import personal_fields
from domain.personal import ERASED
from projections.projection import Recorded
from tests.support.golden import FOLDER, as_json, changed, load, missing, still_said
from tests.support.log import make_codec

FILES = [pytest.param(path, id=path.name) for path in sorted(FOLDER.glob("*.json"))]


def test_every_stored_name_has_a_golden_file() -> None:
    assert missing() == [], "python -m tests.golden writes them"


@pytest.mark.parametrize("path", FILES)
def test_a_golden_event_is_read_as_it_was(path: Path) -> None:
    golden = load(path)

    (back,) = make_codec(golden.keys()).decode([golden.record()])

    assert isinstance(back, Recorded), back
    assert still_said(golden.read, as_json(back.event))


@pytest.mark.parametrize("path", FILES)
def test_a_golden_event_of_erased_people_is_read_without_them(path: Path) -> None:
    golden = load(path)
    keys = golden.keys()
    for person in golden.persons:
        keys.destroy(person)

    (back,) = make_codec(keys).decode([golden.record()])

    assert isinstance(back, Recorded), back
    assert all(getattr(back.event, name) == ERASED for name in personal_fields(type(back.event)))


def test_every_event_is_stored_today_in_the_shape_of_a_golden_file() -> None:
    assert changed() == [], "python -m tests.golden writes today's shape, if the old one is still read"
