"""What is one typing error away shares a search key; what is written another way is folded to the same."""
# ruff: noqa: RUF001 - names as people write them

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.client.facts import ContactKind
from projections.spelling import (
    contact_keys,
    digits,
    email,
    exact,
    fold,
    name_keys,
    name_parts,
    national,
    typed,
    typed_contact,
)
from tests.support.oracles import one_error_apart

numbers = st.text("0123", min_size=2, max_size=14)


@st.composite
def mistyped(draw: st.DrawFn, texts: st.SearchStrategy[str], alphabet: str) -> tuple[str, str]:
    """A text and the same with one typing error."""
    text = draw(texts)
    at = draw(st.integers(0, len(text) - 1))
    letter = draw(st.sampled_from(alphabet))
    wrong = draw(
        st.sampled_from(
            [
                text[:at] + letter + text[at:],
                text + letter,
                text[:at] + text[at + 1 :],
                text[:at] + letter + text[at + 1 :],
                text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
            ]
        )
    )
    assert one_error_apart(text, wrong)
    return text, wrong


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Łukasz Groß", "lukasz gross"),
        ("Zoë ÉLODIE", "zoe elodie"),
        ("Ǿrsted Æsir Œuvre Þór Đorđe", "orsted aesir oeuvre thor dorde"),
        ("Işık İnönü", "isik inonu"),
        ("Ｍａｒｉｅ", "marie"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("王", "王"),
    ],
)
def test_case_and_accents_are_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "apostrophe", ["'", "\N{RIGHT SINGLE QUOTATION MARK}", "\N{MODIFIER LETTER APOSTROPHE}", "\N{ACUTE ACCENT}", "`"]
)
def test_names_are_found_with_and_without_hyphens_and_apostrophes(apostrophe: str) -> None:
    assert name_parts("Marie-Claire", f"O{apostrophe}Brien") == [
        "brien",
        "claire",
        "marie",
        "marieclaire",
        "o",
        "obrien",
    ]
    assert name_parts("Marie Claire", None) == ["claire", "marie", "marieclaire"]
    assert name_parts("Anne-Marie Sophie") == ["anne", "annemarie", "annemariesophie", "marie", "sophie"]


@given(mistyped(st.text("abcd", min_size=2, max_size=6), "abcd"))
@example(("li", "lu"))
@example(("ab", "ba"))
def test_a_part_of_a_name_is_found_with_one_error(pair: tuple[str, str]) -> None:
    written, wrong = pair
    if len(wrong) > 1:
        assert set(name_keys(written)) & set(typed(wrong))


@given(mistyped(numbers, "0123"))
@example(("12345678", "12354678"))
def test_a_number_is_found_with_one_error(pair: tuple[str, str]) -> None:
    written, wrong = pair
    if wrong:
        # The last letters of an e-mail address stand for any text: it is kept as it is, unlike a number.
        assert set(contact_keys(ContactKind.EMAIL, written)) & set(typed_contact(wrong))


def test_only_the_very_part_has_its_exact_key() -> None:
    assert exact("marie") in name_keys("Marie")
    assert exact("marie") not in name_keys("Marine")
    assert "marie" in name_keys("Marine")


@pytest.mark.parametrize(
    "as_dialled",
    ["06 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "+33 (0)6.12.34.56.78", "612345678", "+33 6 12 34 56 87"],
)
def test_a_phone_is_found_with_and_without_its_country_code(as_dialled: str) -> None:
    kept = contact_keys(ContactKind.PHONE, "+33612345678")
    number = digits(as_dialled)

    assert {*typed_contact(number), *typed_contact(national(number))} & set(kept)


def test_a_country_code_is_known_from_a_number() -> None:
    assert [national(digits(number)) for number in ("+1 212 555 0100", "+41 22 700 00 00", "+390612345678")] == [
        "2125550100",
        "227000000",
        "612345678",
    ]


def test_keys_stay_small_whatever_is_written() -> None:
    """A key that is too long for the index would park the event."""
    keys = [*name_keys("ﷺ" * 100, "x" * 100), *contact_keys(ContactKind.EMAIL, "é" * 254), email("ﷺ" * 254)]

    assert max(len(key.encode()) for key in keys) < 1100
