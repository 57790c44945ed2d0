"""Organizations, memberships, notes and invitations: asking the same again is no news, whatever was decided before."""

from contextlib import suppress
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.refusals import Refusal
from tests.support.decisions import invitation, membership, note, organization
from tests.support.decisions.nouns import Noun


@pytest.mark.parametrize(
    "noun",
    [organization.NOUN, membership.NOUN, note.NOUN, invitation.NOUN],
    ids=["body", "membership", "note", "invitation"],
)
@settings(max_examples=100, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_asking_the_same_again_is_no_news(noun: Noun, seed: int) -> None:
    chance = Random(seed)
    stream, _ = noun.stream(chance)
    events: list[object] = []
    for number in range(1, 20):
        decide, drawn = chance.choice(noun.decisions), chance.random()
        try:
            news = decide(Random(drawn), noun.after(events), stream, UUID(int=number))
        except Refusal:
            continue
        events += news
        with suppress(Refusal):  # who gave a private note away may no longer ask
            assert decide(Random(drawn), noun.after(events), stream, UUID(int=number)) == []
