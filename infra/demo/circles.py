"""What the clients of the example house belong to and care about, and what is noted about them."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from domain import membership, note, organization
from domain.access import Caller, Privacy, Role
from domain.membership import Membership, Term, Tie
from domain.note import Note
from domain.organization import Organization, OrganizationFounded, World
from domain.scope import Reach, Scope
from domain.values import named_id
from infra.demo.house import RANGES, STORES, Store
from infra.demo.service import LEFT
from infra.demo.shopping import FIRST_DAY, Taste
from infra.demo.telling import SOURCE, Story, Telling

_ORGANIZATIONS: Final = UUID("3e1f6a0c-8d27-5b94-9c35-70b1d2e4f6a8")
_EVERYWHERE: Final = Scope(Reach.NATIONAL)
_WORLDS: Final = {"f": (World.WOMEN,), "m": (World.MEN,), "": (World.WOMEN, World.MEN)}
CLUBS: Final = ("Cercle de l'Étoile Fixe", "Société des Jardins Clos")

_OPEN: Final = (
    "Prefers to be called in the morning.",
    "Takes her tea without sugar, and likes to sit by the window.",
    "Wears gold, hardly ever silver.",
    "Collects everything with birds on it.",
    "Wants packages sent, never carried.",
    "Asks for the same chair each time.",
)
# What is said in confidence, and nowhere else.
SEALED: Final = (
    "Is in the middle of a divorce; no post to the house.",
    "Looks for a ring, and nobody at home may know.",
    "Was ill in spring; do not speak of it unless she does.",
    "Buys less since the firm was sold.",
    "Did not like how she was served last winter.",
)


def designer_list(brand: str, world: World) -> UUID:
    return named_id(_ORGANIZATIONS, SOURCE, brand, world)


def club(name: str) -> UUID:
    return named_id(_ORGANIZATIONS, SOURCE, name)


def organizations() -> Iterator[Story]:
    """A women's and a men's list of each designer who works for both, the collections in them, two clubs, and the
    salon of each store."""
    lists = sorted({(brand, world) for brand, _, _, sex, _, _ in RANGES for world in _WORLDS[sex]})
    for brand, world in lists:
        yield _founded(designer_list(brand, world), brand, "designer", world)
    collections = sorted(
        {(name, brand, world) for brand, _, _, sex, _, names in RANGES for name in names for world in _WORLDS[sex]}
    )
    for name, brand, world in collections:
        yield _founded(
            named_id(_ORGANIZATIONS, SOURCE, brand, world, name), name, "collection", world, designer_list(brand, world)
        )
    for name in CLUBS:
        yield _founded(club(name), name, "club")
    for store in STORES:
        salon = f"Salon {store.city}"
        yield _founded(club(salon), salon, "grouping", scope=Scope(Reach.STORE, store_id=store.id))


def memberships(chance: Random, client_id: UUID, store: Store, taste: Taste, *, sure: bool) -> Iterator[Story]:
    """Where she belongs and what she is interested in; `sure` to be in a club and on a list."""
    world = World.WOMEN if taste.for_her else World.MEN
    mine = [brand for brand, _, _, sex, _, _ in RANGES if world in _WORLDS[sex]]
    brand = taste.brand if taste.brand in mine else chance.choice(mine)
    if chance.random() < 0.6 or sure:
        yield _in(client_id, designer_list(brand, world), Tie.INTEREST, Term(_since(chance), None))
    if chance.random() < 0.15 or sure:
        since = _since(chance)
        until = since + timedelta(400) if chance.random() < 0.25 and not sure else None
        yield _in(client_id, club(chance.choice(CLUBS)), Tie.BELONGING, Term(since, until))
    if chance.random() < 0.2:
        yield _in(client_id, club(f"Salon {store.city}"), Tie.BELONGING, Term(_since(chance), None))


def notes(chance: Random, client_id: UUID, store: Store, associate_id: str, *, sure: bool) -> Iterator[Story]:
    """What the associate who serves her wrote down, for everybody, for herself, or for two; `sure` that she did.

    Who leaves hands over some of what she keeps for herself; the rest nobody reads any more.
    """
    author = Caller(associate_id, Role.ASSOCIATE, store.id)
    wordings = (
        (Privacy.OPEN, 0.4, chance.choice(_OPEN)),
        (Privacy.PRIVATE, 0.25, chance.choice(SEALED)),
        (Privacy.CIRCLE, 0.06, chance.choice(SEALED)),
    )
    for privacy, often, text in wordings:
        hands_over = chance.random() < 0.5
        if chance.random() < often or (sure and privacy is not Privacy.CIRCLE):
            id = named_id(client_id, "note", privacy)
            telling = Telling(id, Note(), note.evolve, client_id)
            circle = (store.manager,) if privacy is Privacy.CIRCLE else ()
            telling.then(note.write(telling.now, client_id, id, author.id, text, privacy, circle))
            if author.id == LEFT.giver and hands_over:
                telling.then(note.hand_over(telling.now, client_id, author, LEFT.taker(client_id)))
            yield telling.story()


def _founded(
    id: UUID, name: str, kind: str, world: World | None = None, part_of: UUID | None = None, scope: Scope = _EVERYWHERE
) -> Story:
    telling = Telling(id, Organization(), organization.evolve)
    telling.then(organization.found(telling.now, OrganizationFounded(id, name, kind, world, scope, part_of)))
    return telling.story()


def _in(client_id: UUID, organization_id: UUID, tie: Tie, term: Term) -> Story:
    id = membership.membership_id(client_id, organization_id, tie)
    telling = Telling(id, Membership(), membership.evolve, client_id)
    telling.then(membership.begin(telling.now, client_id, organization_id, tie, term))
    return telling.story()


def _since(chance: Random) -> date:
    return FIRST_DAY + timedelta(chance.randrange(600))
