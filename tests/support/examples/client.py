"""An example of every event about a client."""

from datetime import date

from domain.client import events, facts
from tests.support.examples.who import ANN, BEN, SHOP

EXAMPLES: dict[str, object] = {
    "client.registered.v1": events.ClientRegistered(
        ANN, "paris-1", facts.Name("Lindqvist", "Ann", "Dr"), facts.Reference("till", "991-22")
    ),
    "client.person-noted.v1": events.PersonNoted(ANN, BEN, "paris-1", facts.Name("Lindqvist", "Ann", None)),
    "client.name-corrected.v1": events.NameCorrected(ANN, facts.Name("Lindqvist-Roe", "Ann", None)),
    "client.contact-point-added.v1": events.ContactPointAdded(
        ANN, SHOP, facts.ContactKind.EMAIL, "ann.lindqvist@mail.example"
    ),
    "client.contact-point-removed.v1": events.ContactPointRemoved(ANN, SHOP),
    "client.address-added.v1": events.AddressAdded(
        ANN,
        SHOP,
        facts.AddressType.HOME,
        facts.PostalAddress("SE", ("Storgatan 1", "2nd floor"), "Lund", None, "223 50"),
        date(2020, 2, 29),
        None,
    ),
    "client.address-removed.v1": events.AddressRemoved(ANN, SHOP),
}
