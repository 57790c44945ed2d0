"""What a point of sale tells, taken in: its messages read, restated and recorded, and put aside where they cannot be.

What is put aside is kept before the offset moves, and what is recorded is recorded with it: whoever is killed between
finds on starting again what is there, and goes on. Nothing is lost, and nothing is there twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from commands.feed import Fed, Missing, NotTaken, Outcome, Trusted
from commands.ports import Offset, OffsetTaken
from consumers.feeds.invoices import MOST_BYTES
from consumers.feeds.lines import Reason
from consumers.feeds.messages import Declined, Piece, ReadMessage, Unfit
from consumers.feeds.parked import Aside, Parked, ParkedPiece
from consumers.feeds.till_mapping import TillMapping
from consumers.source import Unavailable
from domain.item import ItemDescribed
from domain.refusals import MessageUnreadable, Refusal, SaleDiffers

# One append holds the log's lock: at most about so many events at a time. A receipt is three at most: a client, what
# was sold and what came back.
MOST_PIECES: Final = 160


class Fate(StrEnum):
    """What can happen to a piece of a feed. The enum is the metric."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    DECLINED = "declined"
    PARKED = "parked"


class Message(NamedTuple):
    """`next` is where its feed goes on after it, if the feed counts its messages."""

    body: bytes
    next: Offset | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one piece, and if it was put aside, why."""

    number: str
    fate: Fate
    reason: str | None = None
    detail: str | None = None
    field: str | None = None


PutAside = Callable[[Mapping[int, NotTaken]], None]
Record = Callable[[Sequence[Fed], Trusted, PutAside, Offset | None], Sequence[Outcome]]
"""Records what can be recorded in one append, the offset with it; `commands.feed.record_fed` as somebody's request."""

Count = Callable[[str, Fate, int], None]


class Intake:
    """Takes in what is told in one format. `count` is told how many pieces had which fate. One for all threads."""

    def __init__(self, format: str, mapping: TillMapping, parked: Parked, count: Count) -> None:
        self.format = format
        self.source = mapping.source
        self._read = ReadMessage(mapping)
        self._trusted = Trusted(**mapping.trusted.model_dump())
        self._parked = parked
        self._count = count

    def take(self, messages: Sequence[Message], record: Record) -> list[Told]:
        """Takes messages of one feed, in their order. One that cannot be read is put aside whole.

        Raises `OffsetTaken` if the feed was as far before, or elsewhere: then nothing of the append was recorded, and
        of the appends before it all.
        """
        told: list[Told] = []
        for pieces, offset in _batches((self._pieces(message), message.next) for message in messages):
            told += self._take(pieces, offset, record)
        return told

    def take_one(self, message: Message, record: Record) -> list[Told]:
        """The same of one message; raises `MessageUnreadable` if it is none of this format, and puts nothing aside."""
        self._read(message.body)
        return self.take([message], record)

    def take_overtaken(self, message: Message, record: Record) -> list[Told]:
        """Takes the receipts of a message that came after a later one of its feed: each is recorded once, whenever it
        comes. Its items are left: they may have been described anew since."""
        receipts = [each for each in self._pieces(message) if not isinstance(each.read, ItemDescribed)]
        return [told for part in _cut(receipts) for told in self._take(part, None, record)]

    def retry(self, pieces: Sequence[ParkedPiece], record: Record) -> list[Told]:
        """Takes again what was put aside. What cannot be taken still waits, for what it lacks now."""
        told: list[Told] = []
        for each in pieces:
            again = self._pieces(Message(each.aside.said))
            found = self._take(again, None, record)
            waits = any(one.fate is Fate.PARKED for one in found)
            if not (waits and any(piece.said == each.aside.said for piece in again)):
                self._parked.settle([each.id])
            told += found
        return told

    def _pieces(self, message: Message) -> list[Piece]:
        try:
            return self._read(message.body)
        except MessageUnreadable as unreadable:
            where = f"{unreadable.field}: " if unreadable.field else ""
            return [Piece("", message.body, Unfit(Reason.UNREADABLE, f"{where}{unreadable.detail}"))]

    def _take(self, pieces: Sequence[Piece], offset: Offset | None, record: Record) -> list[Told]:
        fit: list[tuple[Piece, Fed]] = []
        told: list[Told] = []
        unfit: list[Aside] = []
        for each in pieces:
            match each.read:
                case Unfit(reason, detail):
                    unfit.append(Aside(self.format, each.number, each.said, reason, detail))
                    told.append(Told(each.number, Fate.PARKED, reason, detail))
                case Declined(reason):
                    told.append(Told(each.number, Fate.DECLINED, reason))
                case read:
                    fit.append((each, read))
        if unfit:
            self._parked.put(unfit)
        told += self._record(fit, offset, record)
        for fate, many in Counter(each.fate for each in told).items():
            self._count(self.format, fate, many)
        return told

    def _record(self, fit: Sequence[tuple[Piece, Fed]], offset: Offset | None, record: Record) -> list[Told]:
        def put_aside(refused: Mapping[int, NotTaken]) -> None:
            self._parked.put([self._aside(fit[at][0], why) for at, why in refused.items()])

        if not fit and offset is None:
            return []
        try:
            outcomes = record([fed for _, fed in fit], self._trusted, put_aside, offset)
        except (OffsetTaken, Refusal, Unavailable):
            raise
        except Exception as fault:  # of one among them, like a stream that cannot be read: it must not stop the feed
            if len(fit) > 1:
                apart = [told for each in fit for told in self._record([each], _looked_at(offset), record)]
                return apart + self._record([], offset, record)
            if not fit:
                raise
            [(piece, _)] = fit
            failed = f"failed: {type(fault).__qualname__}"
            self._parked.put([Aside(self.format, piece.number, piece.said, "failed", failed)])
            return [Told(piece.number, Fate.PARKED, "failed", failed), *self._record([], offset, record)]
        return [_told(piece, outcome) for (piece, _), outcome in zip(fit, outcomes, strict=True)]

    def _aside(self, piece: Piece, why: NotTaken) -> Aside:
        refusal = why.refusal if isinstance(why, Missing) else why
        waits_for, about = (why.waits_for, why.about) if isinstance(why, Missing) else (None, None)
        return Aside(self.format, piece.number, piece.said, _reason(refusal), refusal.detail, waits_for, about)


def _told(piece: Piece, outcome: Outcome) -> Told:
    if isinstance(outcome, tuple):
        fate = Fate.RECORDED if any(done.events for done in outcome) else Fate.UNCHANGED
        return Told(piece.number, fate)
    refusal = outcome.refusal if isinstance(outcome, Missing) else outcome
    return Told(piece.number, Fate.PARKED, _reason(refusal), refusal.detail, refusal.field)


def _reason(refusal: Refusal) -> str:
    return Reason.CONFLICT if isinstance(refusal, SaleDiffers) else refusal.code


def _batches(
    messages: Iterator[tuple[list[Piece], Offset | None]],
) -> Iterator[tuple[list[Piece], Offset | None]]:
    """Pieces that one append can hold, with the offset that is reached by them.

    An append ends where a message does, so that its offset is that of all it holds. A message too large for one is
    several, of which the last one moves the offset.
    """
    batch: list[Piece] = []
    reached: Offset | None = None
    for pieces, offset in messages:
        if (batch or reached) and not _fits([*batch, *pieces]):
            yield batch, reached
            batch, reached = [], None
        *first, rest = _cut(pieces)
        for part in first:
            yield part, _looked_at(offset)
        batch += rest
        reached = replace(offset, after=reached.after) if offset and reached else offset
    yield batch, reached


def _looked_at(offset: Offset | None) -> Offset | None:
    """For an append that the feed's offset does not move with, and yet has to follow."""
    return replace(offset, moves=False) if offset else None


def _cut(pieces: list[Piece]) -> list[list[Piece]]:
    parts: list[list[Piece]] = [[]]
    for each in pieces:
        if parts[-1] and not _fits([*parts[-1], each]):
            parts.append([])
        parts[-1].append(each)
    return parts


def _fits(pieces: Sequence[Piece]) -> bool:
    return len(pieces) <= MOST_PIECES and sum(each.size for each in pieces) <= MOST_BYTES
