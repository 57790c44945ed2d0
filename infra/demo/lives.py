"""What the example house knows of a client herself: names, dates, how she is reached, and what she cares about."""

from datetime import date
from random import Random
from typing import Final

from domain.client import addresses, life, names, traits
from domain.client.events import AddressAdded, NameAdded
from domain.client.facts import AddressType, ContactKind, ContactState, Name, NameKind, TraitKind
from domain.values import named_id
from infra.demo.cultures import WRITTEN
from infra.demo.families import Family, Member, birthday, born_on
from infra.demo.house import SPECIALITIES, Store
from infra.demo.people import Household, Person, address, family_name
from infra.demo.places import HOMES
from infra.demo.shopping import Taste
from infra.demo.telling import Telling

_SAID: Final[dict[TraitKind, tuple[str, ...]]] = {
    TraitKind.INTEREST: ("opera", "sailing", "horology", "contemporary art", "gardens", "vintage cars", "porcelain"),
    TraitKind.LIKE: ("white peonies", "green tea", "champagne", "dark chocolate", "rose gold", "silk", "quiet rooms"),
    TraitKind.DISLIKE: ("lilies", "fur", "loud music", "yellow gold", "leather", "surprise calls"),
    TraitKind.TAG: ("collector", "buys for others", "tax-free", "personal delivery", "speaks French"),
    TraitKind.MAILING_LIST: ("Spring letter", "New watches", "Atelier visits"),
    TraitKind.CATEGORY: SPECIALITIES,
}


def reached(telling: Telling, person: Person, lives: Household) -> None:
    """Where she can be reached."""
    id = telling.id
    for kind, value in ((ContactKind.EMAIL, person.email), (ContactKind.PHONE, person.phone)):
        if value is not None:
            telling.then(addresses.add_contact_point(telling.now, id, named_id(id, kind, value), kind, value))
    for type, where in ((AddressType.HOME, lives.home), (AddressType.SEASONAL, lives.second_home)):
        if where is not None:
            telling.then(
                addresses.add_address(telling.now, AddressAdded(id, named_id(id, type), type, where, None, None))
            )


def life_of(
    telling: Telling, chance: Random, member: Member, known: Family, lives: Household, store: Store, taste: Taste
) -> None:
    """All that somebody who serves her for long comes to know."""
    id = telling.id
    if day := birthday(chance, member.born):
        telling.then(life.add_date(telling.now, born_on(id, day)))
    _names(telling, chance, member, known, lives)
    _residency(telling, chance, store)
    for contact_point_id in telling.now.contact_points:
        [now] = chance.choices(list(ContactState), (25, 62, 7, 6))
        telling.then(addresses.set_contact_state(telling.now, id, contact_point_id, now))
        if chance.random() < 0.08:
            telling.then(addresses.set_surprises(telling.now, id, contact_point_id, not_for_surprises=True))
    said = [(kind, chance.choice(values)) for kind, values in _SAID.items() if chance.random() < 0.3]
    for kind, value in [*said, (TraitKind.BRAND, taste.brand)]:
        telling.then(traits.add_trait(telling.now, id, named_id(id, kind, value), kind, value))
    if member.died:
        telling.then(life.record_death(telling.now, id, member.died))


def _names(telling: Telling, chance: Random, member: Member, known: Family, lives: Household) -> None:
    """How a card to her begins; the name she had before she married; and how a Japanese name is written."""
    id, name = telling.id, member.name
    if chance.random() < 0.3:
        beginning = f"{name.title} {name.family}" if name.title else f"{name.given} {name.family}"
        telling.then(names.set_salutation(telling.now, id, beginning))
    couple = known.members[:2]
    maiden = family_name(chance, lives.culture)
    if member.woman and member in couple and len({each.name.family for each in couple}) < len(couple):
        _also(telling, NameKind.MAIDEN, Name(maiden, name.given), until=known.wedding)
    if (given := WRITTEN.get(name.given or "")) and (family := _written(name.family)):
        _also(telling, NameKind.LEGAL, Name(family, given), reading=f"{name.family} {name.given}", script="Jpan")


def _written(family: str) -> str | None:
    """A family name is a stem and an ending."""
    parts = ((family[:at], family[at:].capitalize()) for at in range(1, len(family)))
    return next((WRITTEN[one] + WRITTEN[other] for one, other in parts if one in WRITTEN and other in WRITTEN), None)


def _also(
    telling: Telling,
    kind: NameKind,
    name: Name,
    reading: str | None = None,
    script: str | None = None,
    until: date | None = None,
) -> None:
    id = telling.id
    telling.then(
        names.add_name(telling.now, NameAdded(id, named_id(id, kind), kind, name, reading, script, None, until))
    )


def _residency(telling: Telling, chance: Random, store: Store) -> None:
    """Since when she lives where she does; some lived elsewhere before."""
    id, since = telling.id, date(chance.randrange(1995, 2023), chance.randrange(1, 13), 1)
    home = named_id(id, AddressType.HOME)
    before = address(chance, chance.choice(HOMES[store.id]))
    moved = chance.random() < 0.15
    if home not in telling.now.addresses or chance.random() < 0.4:
        return
    telling.then(addresses.set_residency(telling.now, id, home, since, None))
    if moved:
        left = date.fromordinal(since.toordinal() - 1)
        added = AddressAdded(id, named_id(id, "home before"), AddressType.HOME, before, None, left)
        telling.then(addresses.add_address(telling.now, added))
