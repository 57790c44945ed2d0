"""What is true of a person, as values: names, contact points, addresses."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Name:
    """How a client is called. A client known by one word has it as family name."""

    family: str
    given: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The number of a client in another system, and which system that is."""

    source: str
    number: str


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class AddressType(StrEnum):
    HOME = "home"
    WORK = "work"
    DELIVERY = "delivery"
    BILLING = "billing"
    SEASONAL = "seasonal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where post arrives. `country` is an ISO 3166 alpha-2 code; only the country is always known."""

    country: str
    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
