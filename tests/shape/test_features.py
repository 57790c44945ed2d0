"""docs/features.md says what the tests show, no more and no less."""

from tests.features import FEATURES, PAGE, page, shown


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.features`"


def test_every_feature_is_shown_by_a_test() -> None:
    assert FEATURES.keys() == shown().keys()
