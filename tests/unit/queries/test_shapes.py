"""What OpenAPI shows of the answers is true."""

import orjson
import pytest
from pydantic import BaseModel

from queries.book import Book as Served
from queries.client_history import ClientHistory
from queries.client_search import Matches, Search
from queries.counter import CounterGifts, CounterProfile, CounterPurchases
from queries.duplicates import Hints, Pairs
from queries.entered import Entered
from queries.family import Family, Occasions
from queries.gift import Gifts
from queries.gift_marks import Marks
from queries.gift_occasions import GiftOccasions
from queries.gift_proposals import GiftProposals
from queries.gift_receipt import OpenedReceipt, Opening
from queries.interest import Interest
from queries.invitation import ClientInvitations, Invitations
from queries.membership import ClientOrganizations, Members
from queries.note import Notes, NoteWithWordings
from queries.organization import Organization, Organizations
from queries.owned import Owned
from queries.profile import Profile
from queries.purchase_history import Purchases
from queries.relation_kinds import RelationKinds
from queries.returns import Returns
from queries.sale import Sale
from queries.sold_to import SoldTo
from queries.tickler.shape import Ticklers
from queries.tickler.trial import TrialAnswer
from queries.tickler_rules import TicklerRule, TicklerRules
from queries.timeline.timeline import Timeline
from queries.totals import Totals

CIRCLES = [Organization, Organizations, Members, ClientOrganizations, Notes, NoteWithWordings]


@pytest.mark.parametrize(
    "shape",
    [
        Hints,
        Pairs,
        Entered,
        Profile,
        CounterProfile,
        CounterPurchases,
        CounterGifts,
        Timeline,
        ClientHistory,
        Matches,
        Purchases,
        Returns,
        Owned,
        Totals,
        SoldTo,
        Served,
        Sale,
        Search,
        Family,
        Occasions,
        GiftOccasions,
        Gifts,
        Marks,
        OpenedReceipt,
        Opening,
        GiftProposals,
        RelationKinds,
        TicklerRules,
        Ticklers,
        TrialAnswer,
        TicklerRule,
        Invitations,
        ClientInvitations,
        Interest,
        *CIRCLES,
    ],
)
def test_every_example_is_in_its_shape_and_leaves_nothing_out(shape: type[BaseModel]) -> None:
    examples = shape.model_json_schema(mode="serialization")["examples"]

    for example in examples:
        read = shape.model_validate_json(orjson.dumps(example), extra="forbid")
        assert read.model_fields_set == shape.model_fields.keys() or shape in (Search, Entered, Opening)
    assert examples
