"""From when on somebody has to look. The page and `/ready` judge by these, and the alert rules say the same numbers:
`tests/shape/test_alerts.py` compares them."""

from typing import Final

# Of the relay, of every projection and of the publisher: either is too much.
BEHIND_SECONDS: Final = 30.0
BEHIND_EVENTS: Final = 10_000
# Messages on a feed's topic that are not taken in.
FEED_MESSAGES: Final = 1_000
# New beginnings of the relay in ten minutes.
RELAY_BEGINNINGS: Final = 5
COMMANDS_WAITING: Final = 50
# Of all answers over HTTP in five minutes, those that are a fault of ours.
ERROR_SHARE: Final = 0.02
