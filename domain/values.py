"""Small values that several nouns share."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final
from uuid import UUID, uuid5

# ISO 4217 (2024): currencies whose minor unit is not a hundredth.
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
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int), "an amount is a finite number"
    places = max(minor_units(currency), -exponent)
    return (amount * part / whole).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def named_id(space: UUID, *names: str) -> UUID:
    """The same id for the same names, for ever: how things with a number of their own elsewhere are addressed here."""
    return uuid5(space, "\n".join(names))
