"""Contacts on PostgreSQL: after any decisions they are what a slow reading of the whole log says they are."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from domain.outreach import settles
from projections.client_card import card
from projections.contacts import outreach
from queries.outreach import SETTLES
from queries.reachable import Conversation, ReachedAt, last_conversations, reached_at
from tests.support.asking import Book
from tests.support.decisions import client, contact
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS
from tests.support.oracles_contacts import last_conversation, outreach_of
from tests.support.oracles_contacts import reached_at as best_points
from tests.support.records import Journal

Database = Callable[[], str]
OF = select(card.c.client_id).where(card.c.is_client)


def happened(seed: int) -> Journal:
    return random_journal(Random(seed), 2, 400, [client.NOUN, contact.OUTREACH])


@pytest.mark.parametrize("seed", range(3))
def test_whoever_calls_sees_what_was_said_last_and_where_she_is_reached(database: Database, seed: int) -> None:
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        said = {each.client_id: each for each in book.rows(last_conversations(OF), {})}
        seen = 0
        for client_id in CLIENTS:
            told = last_conversation(log, client_id)
            assert _as(Conversation, said.get(client_id)) == _only(Conversation, told)
            for surprise in (False, True):
                found = {each.client_id: each for each in book.rows(reached_at(OF, surprise=surprise), {})}
                points = best_points(log, client_id, surprise=surprise)
                assert _as(ReachedAt, found.get(client_id)) == _only(ReachedAt, points[0] if points else None)
                seen += bool(told) + len(points)
        assert seen


@pytest.mark.feature("X-22")
@pytest.mark.parametrize("seed", range(3))
def test_what_settles_a_tickler_is_the_rule_of_the_domain(database: Database, seed: int) -> None:
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        hers = [each for client_id in CLIENTS for each in outreach_of(log, client_id)]
        told = {each["outreach_id"] for each in hers if settles(each["channel"], each["outcome"])}
        assert {each.outreach_id for each in book.rows(select(outreach.c.outreach_id).where(SETTLES), {})} == told
        assert 0 < len(told) < len(hers)


def _as(shape: type[Any], row: Any) -> Any:
    return row and {name: getattr(row, name) for name in shape.model_fields}


def _only(shape: type[Any], told: Any) -> Any:
    return told and {name: told[name] for name in shape.model_fields}
