"""An example of every event about a note."""

from domain import note
from domain.access import Privacy
from tests.support.examples.who import ANN, SHOP

EXAMPLES: dict[str, object] = {
    "note.written.v1": note.NoteWritten(
        ANN, SHOP, "associate-7", Privacy.CIRCLE, ("associate-8", "manager-1"), "Lost her mother.\nNo calls in March."
    ),
    "note.corrected.v1": note.NoteCorrected(ANN, SHOP, 2, Privacy.OPEN, (), "Likes to be called in the evening."),
    "note.privacy-changed.v1": note.NotePrivacyChanged(ANN, SHOP, 2, Privacy.CIRCLE, ("associate-8",)),
    "note.handed-over.v1": note.NoteHandedOver(ANN, SHOP, "associate-8", "associate-7"),
    "note.withdrawn.v1": note.NoteWithdrawn(ANN, SHOP, 2),
}
