"""An example of every event about a client."""

from datetime import date

from domain.client import events, facts
from domain.days import CalendarDay
from tests.support.examples.who import ANN, BEN, SHOP

EXAMPLES: dict[str, object] = {
    "client.registered.v1": events.ClientRegistered(
        ANN, "paris-1", facts.Name("Lindqvist", "Ann", "Dr"), facts.Reference("till", "991-22")
    ),
    "client.person-noted.v1": events.PersonNoted(ANN, BEN, "paris-1", facts.Name("Lindqvist", "Ann", None)),
    "client.name-corrected.v1": events.NameCorrected(ANN, facts.Name("Lindqvist-Roe", "Ann", None)),
    "client.name-added.v1": events.NameAdded(
        ANN,
        SHOP,
        facts.NameKind.KNOWN_AS,
        facts.Name("林", "安"),
        "はやし あん",
        "Jpan",
        date(2019, 4, 1),
        None,
    ),
    "client.name-removed.v1": events.NameRemoved(ANN, SHOP),
    "client.salutation-set.v1": events.SalutationSet(ANN, "Dear Ann"),
    "client.contact-point-added.v1": events.ContactPointAdded(
        ANN, SHOP, facts.ContactKind.EMAIL, "ann.lindqvist@mail.example"
    ),
    "client.contact-point-removed.v1": events.ContactPointRemoved(ANN, SHOP),
    "client.contact-state-set.v1": events.ContactStateSet(ANN, SHOP, facts.ContactState.CONFIRMED),
    "client.surprises-set.v1": events.SurprisesSet(ANN, SHOP, True),
    "client.address-added.v1": events.AddressAdded(
        ANN,
        SHOP,
        facts.AddressType.HOME,
        facts.PostalAddress("SE", ("Storgatan 1", "2nd floor"), "Lund", None, "223 50"),
        date(2020, 2, 29),
        None,
    ),
    "client.address-removed.v1": events.AddressRemoved(ANN, SHOP),
    "client.residency-set.v1": events.ResidencySet(ANN, SHOP, date(2020, 2, 29), date(2026, 1, 31)),
    "client.date-added.v1": events.DateAdded(ANN, SHOP, facts.DateKind.BIRTHDAY, None, CalendarDay(2, 29, 1964), True),
    "client.date-removed.v1": events.DateRemoved(ANN, SHOP),
    "client.trait-added.v1": events.TraitAdded(ANN, SHOP, facts.TraitKind.LIKE, "white peonies"),
    "client.trait-removed.v1": events.TraitRemoved(ANN, SHOP),
    "client.death-recorded.v1": events.DeathRecorded(ANN, date(2026, 2, 28)),
    "client.death-withdrawn.v1": events.DeathWithdrawn(ANN),
}
