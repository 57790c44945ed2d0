"""Every projection there is. A new one joins here, and with it the delivery property and the migration."""

from typing import Final

import projections.client_facts
import projections.purchase_orders
import projections.purchase_was  # noqa: F401 - further tables of purchase_history, as client_facts of client_card
from projections.affiliations import affiliations
from projections.attribution import attribution
from projections.calendar import calendar
from projections.client_card import client_card
from projections.client_history import client_history
from projections.contacts import contacts
from projections.family import family
from projections.gifts import gifts
from projections.house import house
from projections.invitations import invitations
from projections.membership import membership
from projections.note import notes
from projections.projection import Projection
from projections.purchase_history import purchase_history
from projections.ticklers import ticklers

PROJECTIONS: Final[tuple[Projection, ...]] = (
    client_card,
    purchase_history,
    family,
    client_history,
    membership,
    notes,
    house,
    affiliations,
    gifts,
    calendar,
    invitations,
    contacts,
    ticklers,
    attribution,
)
