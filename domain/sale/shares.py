"""What each seller of a line is credited with, and debited when it comes back: exact to the cent."""

from collections.abc import Sequence
from decimal import Decimal

from domain.sale.facts import Seller
from domain.values import share


def shares(amount: Decimal, sellers: Sequence[Seller], currency: str, before: Decimal = Decimal(0)) -> list[Decimal]:
    """Each seller's share of an amount, by her parts, in the order of the sellers; they add up to the amount.

    Of several refunds of one line, each comes with what was refunded `before`: then all her debits together are her
    share of all that was refunded, and of a line that came back whole just what she was credited with. One of them may
    be a cent less than nothing. What nobody sold is nobody's.
    """
    were, are = _shares(before, sellers, currency), _shares(before + amount, sellers, currency)
    return [now - was for was, now in zip(were, are, strict=True)]


def _shares(amount: Decimal, sellers: Sequence[Seller], currency: str) -> list[Decimal]:
    whole, parts, given = sum(seller.parts for seller in sellers), 0, Decimal(0)
    found: list[Decimal] = []
    for seller in sellers:
        parts += seller.parts
        up_to_here = share(amount, parts, whole, currency)
        found.append(up_to_here - given)
        given = up_to_here
    return found
