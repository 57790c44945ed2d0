"""Which days there are to think of somebody: her own, the couple's, and the feasts that are kept with her."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import feast_tables, occasion
from domain.days import CalendarDay
from domain.feast_rules import easter, julian_christmas, mothers_day_of_france, orthodox_easter
from domain.feasts import HOUSE
from domain.occasion import Linked, Occasion, Person, Remembered, Source
from domain.relation import HOUSE as KINDS
from domain.relation import Circle
from domain.values import COUNTRIES

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
PARIS = Person(country="FR")


def born(month: int, day: int | None = None, year: int | None = None) -> Person:
    return Person((Remembered("birthday", CalendarDay(month, day, year)),))


def days(found: Iterable[Occasion], name: str) -> list[date]:
    return [each.day for each in found if each.name == name]


def feasts(relation: str, circle: Circle, person: Person, client: Person = PARIS, year: int = 2026) -> dict[str, date]:
    linked = Linked(person, relation, circle)
    found = occasion.with_linked(client, linked, date(year, 1, 1), date(year, 12, 31))
    return {each.name: each.day for each in found if each.source is Source.FEAST}


@pytest.mark.feature("CS-44")
def test_a_birthday_comes_round_and_counts_the_years() -> None:
    assert occasion.own(born(3, 2, 1976), FIRST, LAST) == [Occasion(date(2026, 3, 2), Source.OWN, "birthday", years=50)]
    assert occasion.own(born(3, 2), date(2026, 3, 3), date(2027, 3, 1)) == []
    assert occasion.own(born(3, 2, 2026), FIRST, LAST)[0].years is None
    assert occasion.own(born(3, 2, 2027), FIRST, LAST) == []
    assert days(occasion.own(born(2, 29, 2004), FIRST, date(2028, 12, 31)), "birthday") == [
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_of_a_month_any_day_of_it_will_do() -> None:
    [month] = occasion.own(born(5), date(2026, 5, 20), date(2026, 6, 30))
    assert (month.day, month.whole_month) == (date(2026, 5, 1), True)
    assert occasion.own(born(5), date(2026, 6, 1), date(2027, 4, 30)) == []


def test_what_happens_once_does_not_come_round() -> None:
    graduation = Person((Remembered("graduation", CalendarDay(6, 30, 2026), yearly=False),))
    assert days(occasion.own(graduation, FIRST, LAST + timedelta(days=700)), "graduation") == [date(2026, 6, 30)]


def test_an_anniversary_begins_and_ends_with_its_link() -> None:
    kept = (Remembered("wedding", CalendarDay(6, 12, 1999)),)
    wife = Linked(PARIS, "wife", Circle.PARTNER, date(1999, 6, 12), date(2026, 6, 11), kept)

    found = occasion.with_linked(PARIS, wife, date(2024, 7, 1), LAST)
    assert days(found, "wedding") == [date(2025, 6, 12)]
    assert [each.years for each in found if each.name == "wedding"] == [26]
    assert "christmas" not in {each.name for each in found if each.day > date(2026, 6, 11)}


@given(
    st.sampled_from([word for kind in KINDS for word in (*kind.one, *kind.other)]), st.sampled_from(sorted(COUNTRIES))
)
def test_the_dead_have_no_occasions_and_give_none(word: str, country: str) -> None:
    circle = next(kind.circle for kind in KINDS if word in (*kind.one, *kind.other))
    dates = (Remembered("birthday", CalendarDay(3, 2)),)
    dead, alive = Person(dates, country, has_died=True), Person(dates, country)
    anniversary = (Remembered("wedding", CalendarDay(6, 12)),)

    for client, other in ((alive, dead), (dead, alive), (dead, dead)):
        linked = Linked(other, word, circle, anniversaries=anniversary)
        assert occasion.with_linked(client, linked, FIRST, LAST) == []
        assert occasion.unknown_feasts(client, linked, FIRST, date(2100, 1, 1)) == frozenset()
    assert occasion.own(dead, FIRST, LAST) == []
    assert occasion.with_linked(alive, Linked(alive, word, circle), FIRST, LAST) != []


def test_a_mother_is_thought_of_on_the_mothers_day_of_her_country() -> None:
    assert feasts("mother", Circle.FAMILY, Person(country="FR"))["mothers-day"] == date(2026, 5, 31)
    assert feasts("mother", Circle.FAMILY, Person(country="GB"))["mothers-day"] == date(2026, 3, 15)
    assert feasts("mother", Circle.FAMILY, Person(country="MX"))["mothers-day"] == date(2026, 5, 10)
    assert feasts("mother", Circle.FAMILY, Person())["mothers-day"] == date(2026, 5, 31), "as where the client lives"
    assert feasts("father", Circle.FAMILY, Person(country="DE"))["fathers-day"] == date(2026, 5, 14)
    for relation in ("parent", "daughter", "mother-in-law"):
        assert "mothers-day" not in feasts(relation, Circle.FAMILY, Person(country="FR"))


def test_a_feast_is_kept_with_whom_it_is_for() -> None:
    tokyo, shanghai = Person(country="JP"), Person(country="CN")
    assert feasts("wife", Circle.PARTNER, tokyo)["white-day"] == date(2026, 3, 14)
    assert "white-day" not in feasts("sister", Circle.FAMILY, tokyo)
    assert feasts("husband", Circle.PARTNER, shanghai)["qixi"] == date(2026, 8, 19)
    assert feasts("cousin", Circle.FAMILY, shanghai)["lunar-new-year"] == date(2026, 2, 17)
    assert feasts("friend", Circle.FRIEND, PARIS) == feasts("employee", Circle.WORK, PARIS) == {}
    assert feasts("son", Circle.FAMILY, Person(country="NL"))["saint-nicholas-eve"] == date(2026, 12, 5)
    assert feasts("sister", Circle.FAMILY, Person(country="ES"))["epiphany"] == date(2026, 1, 6)


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_nobody_is_congratulated_on_a_faith_she_does_not_speak_of(country: str) -> None:
    kept = feasts("wife", Circle.PARTNER, Person(country=country)).keys()
    assert not kept & {"eid-al-fitr", "eid-al-adha", "diwali", "hanukkah", "orthodox-christmas"}


def test_who_says_so_keeps_a_feast_wherever_she_lives_or_does_not() -> None:
    assert feasts("wife", Circle.PARTNER, Person(country="FR", keeps=frozenset({"Diwali"})))["diwali"] == date(
        2026, 11, 8
    )
    kept = feasts("wife", Circle.PARTNER, Person(country="FR", keeps=frozenset({"Eid"})))
    assert (kept["eid-al-fitr"], kept["eid-al-adha"]) == (date(2026, 3, 20), date(2026, 5, 27))
    assert "christmas" in kept
    assert "christmas" not in feasts("wife", Circle.PARTNER, Person(country="FR", avoids=frozenset({"Christmas"})))
    assert "diwali" not in feasts("friend", Circle.FRIEND, Person(country="FR", keeps=frozenset({"Diwali"})))


def test_what_no_table_covers_is_said_and_not_guessed() -> None:
    daughter = Linked(Person(country="CN"), "daughter", Circle.FAMILY)
    beyond = date(2051, 1, 1), date(2051, 12, 31)

    assert occasion.unknown_feasts(PARIS, daughter, *beyond) == {"lunar-new-year", "mid-autumn"}
    assert days(occasion.with_linked(PARIS, daughter, *beyond), "lunar-new-year") == []
    assert occasion.unknown_feasts(PARIS, daughter, FIRST, LAST) == frozenset()


def test_the_next_of_each_is_the_first_of_each() -> None:
    found = occasion.with_linked(PARIS, Linked(born(3, 2), "wife", Circle.PARTNER), FIRST, date(2028, 1, 1))
    firsts = occasion.next_of_each(found)
    assert len({each.name for each in firsts}) == len(firsts) == len({each.name for each in found})
    assert days(firsts, "birthday") == [date(2026, 3, 2)]


def test_rules_of_the_calendar() -> None:
    assert [easter(year) for year in (1961, 2000, 2008, 2038)] == [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2038, 4, 25),
    ]
    assert [orthodox_easter(year) for year in (2024, 2025)] == [(date(2024, 5, 5),), (date(2025, 4, 20),)]
    assert [julian_christmas(year) for year in (1900, 2026, 2101)] == [
        (date(1900, 1, 6),),
        (date(2026, 1, 7),),
        (date(2101, 1, 8),),
    ]
    # Pentecost is the last Sunday of May: the mothers of France have the next one.
    assert mothers_day_of_france(2023) == (date(2023, 6, 4),)


def test_where_the_moon_is_new_on_another_day_the_feast_is() -> None:
    assert feast_tables.KOREAN_NEW_YEAR.of(2027) == (date(2027, 2, 7),)
    assert feast_tables.CHINESE_NEW_YEAR.of(2027) == (date(2027, 2, 6),)
    assert feast_tables.EID_AL_FITR.of(2033) == (date(2033, 1, 2), date(2033, 12, 23))
    assert feast_tables.DIWALI.of(2036) is None


def test_every_feast_has_a_name_of_its_own_and_somebody_to_keep_it() -> None:
    words = {word for kind in KINDS for word in (*kind.one, *kind.other)}
    assert len({feast.code for feast in HOUSE}) == len(HOUSE)
    for feast in HOUSE:
        countries = [country for custom in feast.customs for country in custom.countries]
        assert len(countries) == len(set(countries)), f"{feast.code} has two rules for one country"
        assert set(countries) <= COUNTRIES
        assert feast.relations <= words
        assert feast.circles or feast.relations
        assert bool(feast.said) == bool(feast.elsewhere)
        assert all(said == said.casefold() for said in feast.said)
