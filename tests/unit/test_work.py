"""What long work has around it."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
from resource import RUSAGE_SELF, getrusage
from infra.work import work_in_batches

def batch():
    before = getrusage(RUSAGE_SELF).ru_minflt
    buffers = [b"x" * (1 << 20) for _ in range(64)]
    return getrusage(RUSAGE_SELF).ru_minflt - before

with work_in_batches():
    print(batch(), batch(), batch())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told to keep memory")
def test_what_a_batch_needs_is_taken_from_the_system_once() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout

    first, second, third = map(int, told.split())
    assert max(second, third) * 10 < first
