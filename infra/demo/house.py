"""The example house: its stores and their people, its brands and what they make. All of it is made up."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Store:
    """`rate` turns a price in euro into the store's currency, `step` is what prices are rounded to there."""

    id: str
    city: str
    country: str
    currency: str
    time_zone: str
    rate: Decimal
    step: int
    associates: int

    def associate(self, number: int) -> str:
        """The id of one of its associates, counted from 1."""
        return f"{self.id}.associate-{number}"

    @property
    def manager(self) -> str:
        return f"{self.id}.manager"


@dataclass(frozen=True, slots=True)
class Article:
    """`price` is in euro. `sex` says whom it is made for: "f", "m" or anybody."""

    sku: str
    description: str
    brand: str
    category: str
    type: str
    price: int
    sex: str = ""


def _store(id: str, city: str, country: str, currency: str, time_zone: str, rate: str, step: int, many: int) -> Store:
    return Store(id, city, country, currency, time_zone, Decimal(rate), step, many)


STORES: Final = (
    _store("paris-1", "Paris", "FR", "EUR", "Europe/Paris", "1", 5, 6),
    _store("london-1", "London", "GB", "GBP", "Europe/London", "0.86", 5, 5),
    _store("milan-1", "Milano", "IT", "EUR", "Europe/Rome", "1", 5, 4),
    _store("munich-1", "München", "DE", "EUR", "Europe/Berlin", "1", 5, 3),
    _store("geneva-1", "Genève", "CH", "CHF", "Europe/Zurich", "0.97", 10, 3),
    _store("new-york-1", "New York", "US", "USD", "America/New_York", "1.12", 10, 5),
    _store("dubai-1", "Dubai", "AE", "AED", "Asia/Dubai", "4.05", 50, 4),
    _store("tokyo-1", "Tokyo", "JP", "JPY", "Asia/Tokyo", "158", 1000, 4),
)

RANGES: Final = (
    ("Valdoré", "Leather goods", "Handbag", "f", (1450, 6200), ("Ondine", "Célestine", "Mirabelle", "Odalie")),
    ("Valdoré", "Leather goods", "Travel bag", "", (2400, 5200), ("Brume", "Escale", "Traversée")),
    ("Valdoré", "Leather goods", "Wallet", "", (290, 820), ("Folio", "Compagnon", "Carnet")),
    ("Arvane", "Jewellery", "Ring", "f", (1900, 38000), ("Étoile Fixe", "Rivière", "Aube")),
    ("Arvane", "Jewellery", "Necklace", "f", (2600, 46000), ("Cascade", "Filigrane", "Aube")),
    ("Arvane", "Jewellery", "Earrings", "f", (1100, 14500), ("Goutte", "Étoile Fixe", "Filigrane")),
    ("Arvane", "Jewellery", "Cufflinks", "m", (420, 2900), ("Mesure", "Octave")),
    ("Orsenne", "Watches", "Automatic", "m", (5200, 34000), ("Méridien", "Vigie", "Cadence")),
    ("Orsenne", "Watches", "Quartz", "f", (1850, 9600), ("Petite Heure", "Cadence")),
    ("Maison Sauvel", "Silk", "Scarf", "f", (340, 690), ("Jardins", "Volière", "Marées", "Zodiaque")),
    ("Maison Sauvel", "Silk", "Tie", "m", (180, 260), ("Chevron", "Semis", "Pavage")),
    ("Maison Sauvel", "Ready-to-wear", "Coat", "", (2200, 5900), ("Givre", "Loden", "Cape")),
    ("Maison Sauvel", "Ready-to-wear", "Dress", "f", (1300, 6800), ("Minuit", "Garance", "Lin")),
    ("Maison Sauvel", "Ready-to-wear", "Knitwear", "", (480, 1600), ("Maille", "Torsade")),
    ("Tarn & Holt", "Tailoring", "Suit", "m", (2900, 7400), ("Harrow", "Linden", "Quay")),
    ("Tarn & Holt", "Tailoring", "Shirt", "m", (240, 420), ("Harrow", "Linden")),
    ("Calvara", "Shoes", "Pumps", "f", (620, 1250), ("Bice", "Fiamma", "Nives")),
    ("Calvara", "Shoes", "Loafers", "", (690, 1150), ("Moro", "Palio")),
    ("Calvara", "Shoes", "Boots", "", (890, 1700), ("Corso", "Nives")),
    ("Lysandre", "Fragrance", "Eau de parfum", "f", (135, 310), ("Nuit de Sel", "Figuier Noir", "Iris Perdu")),
    ("Lysandre", "Fragrance", "Eau de toilette", "m", (95, 180), ("Vétiver Clair", "Ambre Gris")),
    ("Lysandre", "Fragrance", "Candle", "", (65, 140), ("Serre", "Bibliothèque", "Feu de Bois")),
)
_FINISHES: Final[dict[str, tuple[str, ...]]] = {
    "Leather goods": ("grained calf, black", "box calf, cognac", "suede, sage", "lambskin, ivory"),
    "Jewellery": ("white gold", "rose gold", "platinum", "yellow gold"),
    "Watches": ("steel, blue dial", "rose gold, ivory dial", "titanium, grey dial"),
    "Silk": ("navy", "coral", "emerald", "saffron"),
    "Ready-to-wear": ("cashmere, camel", "wool, ink", "silk, pearl"),
    "Tailoring": ("flannel, charcoal", "hopsack, navy", "poplin, white"),
    "Shoes": ("calf, black", "suede, tobacco", "patent, bordeaux"),
    "Fragrance": ("50 ml", "100 ml"),
}


def _made() -> tuple[Article, ...]:
    """Every range in every finish. The same for every seed: a house changes its clients sooner than its lines."""
    prices = Random("the catalogue of the example house")  # noqa: S311 - prices, not secrets
    made: list[Article] = []
    for brand, category, type, sex, (low, high), names in RANGES:
        for name, finish in product(names, _FINISHES[category]):
            price = round(low * (high / low) ** prices.random() / 5) * 5
            sku = f"{''.join(word[0] for word in brand.split() if word != '&')}{type[0]}-{1000 + len(made)}".upper()
            made.append(Article(sku, f"{type} {name}, {finish}", brand, category, type, price, sex))
    return tuple(made)


ARTICLES: Final = _made()

# What an associate may know more about than others.
SPECIALITIES: Final = ("Watches", "Jewellery", "Tailoring", "Fragrance")

# What a store does besides selling goods: money, but nothing that leaves the shelf.
SERVICES: Final = (
    Article("SRV-ENGRAVE", "Engraving", "", "", "", 60),
    Article("SRV-ALTER", "Alteration", "", "", "", 90),
    Article("SRV-DELIVER", "Delivery by courier", "", "", "", 35),
)
