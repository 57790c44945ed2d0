"""What a contact with a client can be: on which channel, which way, what for, and what came of it."""

from enum import StrEnum
from typing import Final


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class Channel(StrEnum):
    CALL = "call"
    VISIT = "visit"
    TEXT = "text"
    MAIL = "mail"
    LETTER = "letter"
    CHAT = "chat"


class Purpose(StrEnum):
    """Its kind: advertising, about something she ordered or booked, or one person talking to another."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    CONVERSATIONAL = "conversational"


class Outcome(StrEnum):
    """`sent` is what is known of something written as long as nothing else is."""

    REACHED = "reached"
    SENT = "sent"
    MESSAGE_LEFT = "message-left"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"
    BOUNCED = "bounced"


_SPOKEN: Final = frozenset({Outcome.REACHED, Outcome.MESSAGE_LEFT, Outcome.NO_ANSWER, Outcome.WRONG_NUMBER})
_WRITTEN: Final = frozenset({Outcome.REACHED, Outcome.SENT, Outcome.BOUNCED})

OUTCOMES: Final = {
    Channel.CALL: _SPOKEN,
    Channel.VISIT: _SPOKEN,
    Channel.TEXT: _WRITTEN | {Outcome.WRONG_NUMBER},
    Channel.MAIL: _WRITTEN,
    Channel.LETTER: _WRITTEN,
    Channel.CHAT: _WRITTEN | {Outcome.WRONG_NUMBER},
}
"""What can come of a contact that goes out. Something written reaches her when she answers."""

CAME_IN: Final = frozenset({Outcome.REACHED, Outcome.NO_ANSWER})
"""What can come of one that comes in: somebody took it, or, of a call or a visit, nobody was there."""


def usual_outcome(channel: Channel) -> Outcome:
    """What comes of a contact that goes out if nobody says otherwise: it was sent, or she was there."""
    return Outcome.SENT if Outcome.SENT in OUTCOMES[channel] else Outcome.REACHED


def settles(channel: Channel, outcome: Outcome) -> bool:
    """Whether a contact settles the ticklers that it names; the same as `SETTLES` of `queries/outreach.py`.

    A message left is no conversation; something written counts as long as it has not come back.
    """
    return outcome is Outcome.REACHED or (outcome is Outcome.SENT and Outcome.SENT in OUTCOMES[channel])
