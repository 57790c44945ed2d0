"""Where the clients of the example house live, and the phone numbers that regulators keep for fiction."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """`line` is how a street and a number are written there, `postal` a postal code with `#` for each free digit."""

    country: str
    city: str
    region: str | None
    postal: str | None
    line: str
    streets: tuple[str, ...]


_FIRST, _LAST = "{number} {street}", "{street} {number}"

# Around each store.
HOMES: Final[dict[str, tuple[Place, ...]]] = {
    "paris-1": (
        Place("FR", "Paris", None, "750##", _FIRST, ("rue des Glycines", "quai aux Lilas", "avenue de la Fontaine")),
        Place("FR", "Neuilly-sur-Seine", None, "92200", _FIRST, ("boulevard des Tilleuls", "rue du Pré-Clos")),
        Place("FR", "Lyon", None, "6900#", _FIRST, ("montée des Acacias", "cours de l'Étoile")),
    ),
    "london-1": (
        Place("GB", "London", None, "SW# #XZ", _FIRST, ("Larkspur Gardens", "Coppice Mews", "Old Tannery Row")),
        Place("GB", "Bath", "Somerset", "BA# #XZ", _FIRST, ("Quince Crescent", "Abbot's Rise")),
    ),
    "milan-1": (
        Place("IT", "Milano", "MI", "201##", _LAST, ("via dei Glicini", "corso delle Rondini", "piazza della Serra")),
        Place("IT", "Torino", "TO", "101##", _LAST, ("via del Noce", "viale degli Olmi")),
    ),
    "munich-1": (
        Place("DE", "München", "Bayern", "80###", _LAST, ("Holunderweg", "Schäfflerstraße", "Am Weidenbach")),
        Place("AT", "Salzburg", None, "50##", _LAST, ("Lärchengasse", "Mönchsweg")),
    ),
    "geneva-1": (
        Place("CH", "Genève", "GE", "12##", _FIRST, ("chemin des Alisiers", "rue du Vieux-Lavoir")),
        Place("CH", "Zürich", "ZH", "80##", _LAST, ("Birkenhalde", "Zum Grünen Hof")),
    ),
    "new-york-1": (
        Place("US", "New York", "NY", "100##", _FIRST, ("Juniper Street", "Old Cooperage Lane", "West Heron Street")),
        Place("US", "Greenwich", "CT", "068##", _FIRST, ("Foxglove Road", "Millpond Lane")),
        Place("US", "Miami", "FL", "331##", _FIRST, ("Seagrape Avenue", "Pelican Court")),
    ),
    "dubai-1": (
        Place("AE", "Dubai", None, None, "{number}, {street}", ("Al Rimal Street", "Saffron Walk", "Pearl Row")),
        Place("SA", "Riyadh", None, "12###", _FIRST, ("Al Nakheel Street", "Jasmine Road")),
    ),
    "tokyo-1": (
        Place("JP", "Tōkyō", None, "10#-00##", "{street} {number}", ("Hinokizaka", "Umegaoka", "Tsukimi-dōri")),
        Place("JP", "Kyōto", None, "60#-80##", "{street} {number}", ("Takegawa-chō", "Aoi-dōri")),
    ),
}

# Where some of them spend a season.
SECOND_HOMES: Final = (
    Place("FR", "Megève", None, "74120", _FIRST, ("chemin de la Combe-Bleue", "route des Mélèzes")),
    Place("FR", "Antibes", None, "06160", _FIRST, ("avenue des Pins-Parasols", "traverse du Mistral")),
    Place("IT", "Cortina d'Ampezzo", "BL", "32043", _LAST, ("via del Larice", "via Croda")),
    Place("CH", "Gstaad", "BE", "3780", _LAST, ("Enzianweg", "Am Moosbach")),
    Place("GR", "Μύκονος", None, "846 00", _LAST, ("Οδός Ανέμων",)),
    Place("US", "Aspen", "CO", "81611", _FIRST, ("Marmot Trail",)),
)

# Numbers that are kept for drama by Arcep, Ofcom, the Bundesnetzagentur and NANPA; where no regulator keeps any, people
# have a number from abroad. `#` is a free digit.
PHONES: Final[dict[str, tuple[str, ...]]] = {
    "FR": ("+3319900####", "+3326191####", "+3335301####", "+3346571####", "+3353649####"),
    "GB": ("+442079460###", "+441134960###", "+441174960###", "+441314960###", "+441614960###"),
    "DE": ("+493023125###", "+496990009###", "+494066969###", "+4922147115##", "+498999998###"),
    "US": ("+121255501##", "+130555501##", "+141555501##", "+120355501##", "+161755501##"),
}
ABROAD: Final = ("FR", "GB", "US")
