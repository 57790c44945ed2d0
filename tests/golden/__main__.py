"""`python -m tests.golden` writes a file for each stored name without one of today's shape. None is ever changed."""

import sys

from tests.support.golden import changed, missing, write

for name in (*missing(), *changed()):
    sys.stdout.write(f"{write(name)}\n")
