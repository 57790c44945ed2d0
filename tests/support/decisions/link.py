"""Random decisions about links, the kinds that are added to the house's own, and where sales are sent."""

from datetime import date
from random import Random
from uuid import UUID

from domain import link, relation
from domain.days import CalendarDay
from domain.relation import Circle, RelationKind
from tests.support.decisions.nouns import CLIENTS, WORDS, Noun

_KINDS = [relation.HOUSE[0], relation.HOUSE[3]]
PAIRS = [(CLIENTS[0], CLIENTS[1]), (CLIENTS[1], CLIENTS[2])]
LINKS = {link.link_id(*pair, kind.code): (pair, kind) for pair in PAIRS for kind in _KINDS}
_DAYS = [date(2020, 2, 29), date(2021, 7, 1), date(2022, 7, 1), date(2023, 7, 1)]


def _begin(chance: Random, now: link.Link, id: UUID, new: UUID) -> list[link.Event]:
    pair, kind = LINKS[id]
    one, other = chance.sample(pair, 2)
    since = chance.choice([None, *_DAYS])
    one_is, other_is = chance.choice(kind.one), chance.choice(kind.other)
    return link.begin(now, link.LinkBegun(id, 1, kind.code, kind.circle, one, one_is, other, other_is, since))


def _end(chance: Random, now: link.Link, id: UUID, new: UUID) -> list[link.Event]:
    term, until = chance.choice([None, 1, 2]), chance.choice([None, *_DAYS])
    return link.end(now, id, term, until, chance.choice(list(link.EndReason)), _DAYS[-1])


def _set_anniversary(chance: Random, now: link.Link, id: UUID, new: UUID) -> list[link.Event]:
    day = chance.choice([None, CalendarDay(2, 29, 2020), CalendarDay(7)])
    return link.set_anniversary(now, id, chance.choice(list(link.AnniversaryKind)), day)


def _set_salutation(chance: Random, now: link.Link, id: UUID, new: UUID) -> list[link.Event]:
    return link.set_salutation(now, id, chance.choice([None, *WORDS]))


def _add_kind(chance: Random, now: tuple[RelationKind, ...], id: UUID, new: UUID) -> list[relation.Event]:
    one, other = chance.choice(WORDS), chance.choice(WORDS)
    return relation.add(now, RelationKind(chance.choice(list(Circle)), (one,), (other,)))


NOUN = Noun(
    lambda chance: (which := chance.choice(list(LINKS)), which),
    link.after,
    [_begin, _begin, _begin, _end, _end, _set_anniversary, _set_salutation],
)
KINDS = Noun(lambda chance: (relation.RELATION_KINDS, relation.RELATION_KINDS), relation.after, [_add_kind])


def _begin_for_good(chance: Random, now: link.Link, id: UUID, new: UUID) -> list[link.Event]:
    (one, other), kind = LINKS[id]
    one_is, other_is = chance.choice(kind.one), chance.choice(kind.other)
    return link.begin(now, link.LinkBegun(id, 1, kind.code, kind.circle, one, one_is, other, other_is, None))


LASTING = Noun(NOUN.stream, link.after, [_begin_for_good, *NOUN.decisions[-2:]])
"""Links that last, so that there is a family at any time."""
