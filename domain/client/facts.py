"""What is true of a person, as values: names, contact points, addresses, and the kinds there are of each."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Name:
    """How a client is called. A client known by one word has it as family name."""

    family: str
    given: str | None = None
    title: str | None = None


class NameKind(StrEnum):
    """What a name beside the main one is to its person."""

    LEGAL = "legal"
    KNOWN_AS = "known_as"
    FORMER = "former"
    MAIDEN = "maiden"
    BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class Reference:
    """The number of a client in another system, and which system that is."""

    source: str
    number: str


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class ContactState(StrEnum):
    """What is known of a contact point: nothing yet, that it arrives, that it comes back, or that she wants no post."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    BOUNCING = "bouncing"
    OPTED_OUT = "opted_out"


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


class DateKind(StrEnum):
    """An anniversary is none of these: it belongs to a relationship."""

    BIRTHDAY = "birthday"
    WEDDING = "wedding"
    NAME_DAY = "name_day"
    GRADUATION = "graduation"
    OTHER = "other"


class TraitKind(StrEnum):
    INTEREST = "interest"
    LIKE = "like"
    DISLIKE = "dislike"
    TAG = "tag"
    MAILING_LIST = "mailing_list"
    BRAND = "brand"
    CATEGORY = "category"
