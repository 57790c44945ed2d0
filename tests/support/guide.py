"""The commands of a page, run as a reader would: every block marked `sh` or `python`, in order, in one shell."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

GUIDES = Path(__file__).parents[2] / "docs" / "guides"

_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def script(page: Path, since: str = "", before: str = "") -> str:
    """One shell script: it ends at the first command that fails, and says each line it comes to.

    Of the whole page, or of the part between two of its lines.
    """
    text = page.read_text()
    begin, end = text.index(since), text.index(before) if before else len(text)
    blocks = [
        text if language == "sh" else f"python - <<'END_OF_PYTHON'\n{text}END_OF_PYTHON\n"
        for language, text in _BLOCK.findall(text, begin, end)
    ]
    # What a page leaves running ends with it, however it ends.
    return "\n".join(["set -euxo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", *blocks])


def follow(
    page: Path,
    environment: Mapping[str, str],
    seconds: float = 400,
    directory: Path | None = None,
    since: str = "",
    before: str = "",
) -> subprocess.CompletedProcess[str]:
    """Runs the page, or a part of it, with our own commands on the path, in this directory or where we are."""
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", script(page, since, before)],
        cwd=directory,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
