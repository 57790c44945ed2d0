"""The house's feast days: when each is, in which countries it is everybody's custom, and who is given something.

The list is data; `domain/occasion.py` reads it. A feast is kept by who lives where it is everybody's custom, whatever
her faith. What belongs to a faith or a culture and is no such custom, as Eid, Diwali and Hanukkah nowhere are by
default, is kept only by who says so herself, in her dates or her traits: an address is no creed.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from domain import feast_tables as tables
from domain.feast_rules import (
    LAST,
    MONDAY,
    SUNDAY,
    THURSDAY,
    Rule,
    fixed,
    from_easter,
    julian_christmas,
    listed,
    mothers_day_of_france,
    nth,
    orthodox_easter,
)
from domain.relation import Circle


class Custom(NamedTuple):
    """In these countries (ISO 3166) everybody keeps the feast, on the days of this rule."""

    countries: frozenset[str]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Feast:
    """One feast. People linked by these circles, or called by one of these words, are given something; if `gift` is
    false they are only greeted.

    `said` are the words by which somebody says that she keeps it, in lower case; `elsewhere` is when it is then. One
    that is `sighted` may be a day earlier or later.
    """

    code: str
    customs: tuple[Custom, ...] = ()
    circles: frozenset[Circle] = frozenset()
    relations: frozenset[str] = frozenset()
    gift: bool = True
    said: frozenset[str] = frozenset()
    elsewhere: Rule | None = None
    sighted: bool = False

    def rule(self, country: str | None, *, said: bool) -> Rule | None:
        """When somebody keeps it who lives in this country, and perhaps says so herself; None if she does not."""
        for custom in self.customs:
            if country in custom.countries:
                return custom.rule
        return self.elsewhere if said else None


def _in(countries: str, rule: Rule) -> Custom:
    return Custom(frozenset(countries.split()), rule)


_CLOSE: Final = frozenset({Circle.PARTNER, Circle.FAMILY})
_COUPLE: Final = frozenset({Circle.PARTNER})
_CHILDREN: Final = frozenset(
    "child daughter son grandchild granddaughter grandson godchild goddaughter godson stepchild stepdaughter stepson "
    "niece nephew".split()
)
_WOMEN: Final = frozenset(
    "wife girlfriend fiancée mother daughter stepmother stepdaughter mother-in-law daughter-in-law grandmother "
    "granddaughter godmother goddaughter aunt niece sister sister-in-law".split()
)

_WEST: Final = "AD AT AU BE BR CA CH CL CO CR CZ DE DK DO EC EE ES FI FR GB GG GR HR HU IE IM IS IT JE LI LT LU LV MC"
_WEST_TOO: Final = "MT MX NL NO NZ PA PE PH PL PR PT PY RO SE SI SK SM US UY VA VE CY BG AR UA BO GT HN NI SV"

HOUSE: Final = (
    Feast(
        "christmas",
        (
            _in(f"{_WEST} {_WEST_TOO}", fixed(12, 25)),
            _in("BY GE ME MK RS RU", julian_christmas),
        ),
        _CLOSE,
        said=frozenset({"christmas", "noël", "weihnachten", "navidad", "natale"}),
        elsewhere=fixed(12, 25),
    ),
    Feast(
        "orthodox-christmas",
        circles=_CLOSE,
        said=frozenset({"orthodox christmas", "coptic christmas", "genna"}),
        elsewhere=julian_christmas,
    ),
    Feast("epiphany", (_in("DO ES MX PR", fixed(1, 6)),), _CLOSE),
    Feast("saint-nicholas-eve", (_in("NL", fixed(12, 5)),), _CLOSE),
    Feast("saint-nicholas", (_in("BE LU", fixed(12, 6)),), relations=_CHILDREN),
    Feast(
        "valentines-day",
        (
            _in(
                "AD AT AU BE CA CH CN CY CZ DE DK ES FI FR GB GG GR HK HR HU IE IM IT JE JP KR LI LT LU LV MC MO MT MX "
                "NL NO NZ PH PL PT RO SE SG SI SK SM TH TW UA US",
                fixed(2, 14),
            ),
            _in("BR", fixed(6, 12)),
        ),
        _COUPLE,
        said=frozenset({"valentine's day"}),
        elsewhere=fixed(2, 14),
    ),
    Feast("white-day", (_in("JP KR TW", fixed(3, 14)),), _COUPLE),
    Feast(
        "womens-day",
        (_in("AL AM AZ BA BG BY CN GE IT KG KZ MD ME MK RO RS RU TJ TM UA UZ VN", fixed(3, 8)),),
        relations=_WOMEN,
    ),
    Feast(
        "mothers-day",
        (
            _in(
                "AT AU BE BR CA CH CL CN CO CU CY CZ DE DK EC EE FI GR HK HR IN IS IT JP LI LV MO MT MY NL NZ PE PH PR "
                "SG SK SM TR TW UA US UY VE ZA",
                nth(2, SUNDAY, 5),
            ),
            _in("ES HU LT PT RO", nth(1, SUNDAY, 5)),
            _in("FR MC", mothers_day_of_france),
            _in("SE", nth(LAST, SUNDAY, 5)),
            _in("GB GG IE IM JE", from_easter(-21)),
            _in("NO", nth(2, SUNDAY, 2)),
            _in("LU", nth(2, SUNDAY, 6)),
            _in("PL", fixed(5, 26)),
            _in("GT MX SV", fixed(5, 10)),
            _in("AE BH EG IQ JO KW LB OM PS QA SA SY YE", fixed(3, 21)),
            _in("TH", fixed(8, 12)),
            _in("SI", fixed(3, 25)),
            _in("AR", nth(3, SUNDAY, 10)),
            _in("RU", nth(LAST, SUNDAY, 11)),
            _in("ID", fixed(12, 22)),
        ),
        relations=frozenset({"mother"}),
    ),
    Feast(
        "fathers-day",
        (
            _in(
                "AR CA CL CN CO CY CZ EC FR GB GG GR HK HU IE IM IN JE JP MC MO MT MX MY NL PE PH PR SG SK TR UA US VE "
                "ZA",
                nth(3, SUNDAY, 6),
            ),
            _in("AD ES HR IT LI PT SM", fixed(3, 19)),
            _in("DE", from_easter(39)),
            _in("AT BE", nth(2, SUNDAY, 6)),
            _in("CH LT", nth(1, SUNDAY, 6)),
            _in("EE FI IS NO SE", nth(2, SUNDAY, 11)),
            _in("DK", fixed(6, 5)),
            _in("AU NZ", nth(1, SUNDAY, 9)),
            _in("BR", nth(2, SUNDAY, 8)),
            _in("PL", fixed(6, 23)),
            _in("RO", nth(2, SUNDAY, 5)),
            _in("LU", nth(1, SUNDAY, 10)),
            _in("LV", nth(2, SUNDAY, 9)),
            _in("TW", fixed(8, 8)),
            _in("TH", fixed(12, 5)),
            _in("RU", nth(3, SUNDAY, 10)),
        ),
        relations=frozenset({"father"}),
    ),
    Feast("parents-day", (_in("KR", fixed(5, 8)),), relations=frozenset({"parent", "mother", "father"})),
    Feast(
        "lunar-new-year",
        (
            _in("CN HK MO SG TW", listed(tables.CHINESE_NEW_YEAR)),
            _in("KR", listed(tables.KOREAN_NEW_YEAR)),
            _in("VN", listed(tables.VIETNAMESE_NEW_YEAR)),
        ),
        _CLOSE,
        said=frozenset({"lunar new year", "chinese new year", "spring festival"}),
        elsewhere=listed(tables.CHINESE_NEW_YEAR),
    ),
    Feast(
        "mid-autumn",
        (
            _in("CN HK MO SG TW", listed(tables.CHINESE_MID_AUTUMN)),
            _in("KR", listed(tables.KOREAN_MID_AUTUMN)),
        ),
        _CLOSE,
        said=frozenset({"mid-autumn", "mid-autumn festival", "chuseok"}),
        elsewhere=listed(tables.CHINESE_MID_AUTUMN),
    ),
    Feast("qixi", (_in("CN HK MO TW", listed(tables.QIXI)),), _COUPLE),
    Feast(
        "diwali",
        circles=_CLOSE,
        said=frozenset({"diwali", "deepavali"}),
        elsewhere=listed(tables.DIWALI),
    ),
    Feast(
        "hanukkah",
        circles=_CLOSE,
        said=frozenset({"hanukkah", "chanukah"}),
        elsewhere=listed(tables.HANUKKAH),
    ),
    Feast(
        "eid-al-fitr",
        circles=_CLOSE,
        said=frozenset({"eid", "eid al-fitr"}),
        elsewhere=listed(tables.EID_AL_FITR),
        sighted=True,
    ),
    Feast(
        "eid-al-adha",
        circles=_CLOSE,
        said=frozenset({"eid", "eid al-adha"}),
        elsewhere=listed(tables.EID_AL_ADHA),
        sighted=True,
    ),
    Feast(
        "easter",
        (_in("AD AT BE CH CZ DE DK ES FI FR GB IE IT LU MC NL NO PL PT SE SI SK", from_easter(0)),),
        _CLOSE,
        gift=False,
        said=frozenset({"easter"}),
        elsewhere=from_easter(0),
    ),
    Feast(
        "orthodox-easter",
        (_in("BG BY CY GE GR ME MK RO RS RU UA", orthodox_easter),),
        _CLOSE,
        gift=False,
        said=frozenset({"orthodox easter"}),
        elsewhere=orthodox_easter,
    ),
    Feast(
        "thanksgiving",
        (_in("US PR", nth(4, THURSDAY, 11)), _in("CA", nth(2, MONDAY, 10))),
        _CLOSE,
        gift=False,
        said=frozenset({"thanksgiving"}),
        elsewhere=nth(4, THURSDAY, 11),
    ),
)
