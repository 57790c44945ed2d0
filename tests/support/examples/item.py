"""An example of every event about an item."""

from domain import item

EXAMPLES: dict[str, object] = {
    "item.described.v1": item.ItemDescribed("R-17", "Ring Aube, white gold", "Maison", "jewelry", "ring")
}
