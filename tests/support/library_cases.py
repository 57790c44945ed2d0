"""The cases that the eventsourcing library ships for recorders, as the module `shipped`.

They import a cipher made with pycryptodome, for cases of its factories; the library's own twin of it, made with
cryptography, saves a dependency.
"""

import sys

from eventsourcing import cryptography

sys.modules.setdefault("eventsourcing.cipher", cryptography)

from eventsourcing.tests import persistence as shipped  # noqa: E402 - after the twin is in place

__all__ = ["shipped"]
