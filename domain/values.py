"""Small values that several nouns share."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final
from uuid import UUID, uuid5

# ISO 4217: the currencies that are legal tender somewhere (2025).
CURRENCIES: Final = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()
)

# ISO 3166-1 alpha-2.
COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)

# ISO 4217: currencies whose minor unit is not a hundredth.
_MINOR_UNITS: Final[dict[str, int]] = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


def minor_units(currency: str) -> int:
    """How many decimals an amount in `currency` (ISO 4217 code) has: 2 for EUR, 0 for JPY."""
    return _MINOR_UNITS.get(currency, 2)


def share(amount: Decimal, part: int, whole: int, currency: str) -> Decimal:
    """`part` of `whole` of an amount, rounded half to even to the currency's minor unit.

    An amount that is finer than the minor unit keeps its own fineness, so that nothing is lost by dividing.
    """
    # 100.0000 is no finer than 100.
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "an amount is a finite number"
    places = max(minor_units(currency), -exponent)
    return (amount * part / whole).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def portion(amount: Decimal, before: int, part: int, whole: int, currency: str) -> Decimal:
    """The share of `part` of `whole` after `before`: what is due up to its end less what was due before it, so that
    all portions of an amount add up to it."""
    return share(amount, before + part, whole, currency) - share(amount, before, whole, currency)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """How many per cent of the whole a part is, to a tenth; of nothing there is no part."""
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN) if whole else None


def named_id(space: UUID, *names: str) -> UUID:
    """The same id for the same names, for ever: how things with a number of their own elsewhere are addressed here."""
    return uuid5(space, "\n".join(names))
