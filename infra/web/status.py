"""The page for who is on call: the last look at every hop, what is wrong first. It needs no script and nothing else.

It shows positions, counts, names of projections and formats, and classes of errors: nothing of anybody.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Final

from commands.ports import Clock
from infra.oncall.hops import Found, Hop, State, hops, wrong
from infra.oncall.limits import BEHIND_EVENTS, BEHIND_SECONDS
from infra.oncall.text import verdict

REFRESH_SECONDS: Final = 10
# A look that takes longer than this has met something that does not answer, and is not over.
OLD_SECONDS: Final = 30.0

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d1d1f; --paper: #fff; --line: #c9c9ce; --good: #14652f; --bad: #a3171b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf0; --paper: #161618; --line: #4a4a50; --good: #6fd48f; --bad: #ff9a94; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; } h3 { margin: 0; font-size: 1rem; }
ul { padding: 0; list-style: none; } li { margin: 0 0 1rem; padding: .25rem 1rem; border-left: .3rem solid var(--bad); }
li p { margin: 0; } pre { margin: .25rem 0 0; overflow-x: auto; }
.ok { color: var(--good); } .wrong { color: var(--bad); font-weight: 600; }
.wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; } caption { text-align: left; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
"""
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Board:
    """Where the last look is put, for whoever asks: asking costs nothing and waits for nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: Found | None = None

    def show(self, found: Found) -> None:
        self._found = found

    def shown(self) -> "Shown | None":
        """None as long as nobody has looked."""
        found = self._found
        return Shown(found, hops(found), (self._clock() - found.at).total_seconds()) if found else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A look, what it means, and how many seconds ago it was."""

    found: Found
    hops: Sequence[Hop]
    age: float


def page(shown: Shown | None) -> str:
    """The whole document."""
    if shown is None:
        return _document("Carnet: looking", "<h1>Looking for the first time</h1>")
    title = verdict(shown.hops)
    old = f'<p class="wrong">This is {shown.age:.0f} seconds old: what was asked since has not answered.</p>'
    at = shown.found.at
    body = f"""<h1 class="{"wrong" if wrong(shown.hops) else "ok"}">{escape(title)}</h1>
<p>As of <time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M:%S} UTC</time>. This page loads itself anew every
{REFRESH_SECONDS} seconds.</p>
{old if shown.age > OLD_SECONDS else ""}
{_wrong(wrong(shown.hops))}
<h2>Every hop</h2>
<div class="wide" role="region" aria-label="Every hop" tabindex="0">
<table>
<caption>From a command to whoever reads of it. Behind is more than {BEHIND_SECONDS:.0f} seconds or {BEHIND_EVENTS:,}
events.</caption>
<thead><tr><th scope="col">Hop</th><th scope="col">State</th><th scope="col" class="number">Position</th>
<th scope="col" class="number">Behind</th><th scope="col" class="number">Seconds</th>
<th scope="col" class="number">Parked</th><th scope="col">What it means</th></tr></thead>
<tbody>
{"".join(map(_row, shown.hops))}</tbody>
</table>
</div>
<p>The same for a program: <a href="/status.json">/status.json</a>. What each of these means and what to do:
<code>docs/guides/on-call.md</code>.</p>"""
    return _document(f"Carnet: {title}", body)


def _document(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{REFRESH_SECONDS}">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _wrong(hops: Sequence[Hop]) -> str:
    items = "".join(
        f"<li><h3>{escape(hop.name)}: {_state(hop)}</h3><p>{escape(hop.says)}</p>{_commands(hop.todo)}</li>\n"
        for hop in hops
    )
    return f"<h2>What to look at, worst first</h2>\n<ul>\n{items}</ul>" if items else ""


def _commands(todo: Sequence[str]) -> str:
    return f"<pre><code>{escape(chr(10).join(todo))}</code></pre>" if todo else ""


def _row(hop: Hop) -> str:
    seconds = "" if hop.behind_seconds is None else f"{hop.behind_seconds:,.1f}"
    numbers = (_number(hop.position), _number(hop.behind), seconds, _number(hop.parked))
    cells = "".join(f'<td class="number">{each}</td>' for each in numbers)
    more = [hop.says]
    if hop.rebuilt is not None:
        more.append(f"It is made anew, to {hop.rebuilt:.0%}.")
    if hop.former:
        more.append("The former generation is kept.")
    return (
        f'<tr><th scope="row">{escape(hop.name)}</th><td>{_state(hop)}</td>{cells}'
        f"<td>{escape(' '.join(more))}</td></tr>\n"
    )


def _state(hop: Hop) -> str:
    return f'<span class="{"ok" if hop.state is State.OK else "wrong"}">{escape(hop.state)}</span>'


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
