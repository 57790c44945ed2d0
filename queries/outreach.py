"""What was said to a client and by her, and what came of it?"""

from typing import Final

from sqlalchemy import and_, or_

from projections.contacts import outreach

_WRITTEN: Final = ("text", "mail", "letter", "chat")

REACHED: Final = outreach.c.outcome == "reached"
"""Whether it was a conversation, whoever began it."""

SETTLES: Final = or_(REACHED, and_(outreach.c.outcome == "sent", outreach.c.channel.in_(_WRITTEN)))
"""Whether it settles the ticklers that it names; the same as `settles` of the domain."""
