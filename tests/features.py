"""`python -m tests.features` writes docs/features.md: what Carnet does, each with the tests that show it.

A test says so itself: `@pytest.mark.feature("CS-07")`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
PAGE: Final = TESTS.parent / "docs" / "features.md"

FEATURES: Final = {
    "CS-01": "Several associates serve one client",
    "CS-02": "An associate serves a client in everything",
    "CS-03": "An associate serves a client in named categories",
    "CS-04": "A note for all to read",
    "CS-05": "A note for its author only",
    "CS-06": "Who sees what is the retailer's policy",
    "CS-07": "Family and friends are linked",
    "CS-08": "A link says what kind it is",
    "CS-09": "A purchase is sent to a linked person's known address",
    "CS-10": "Gift occasions of the family, at the till",
    "CS-11": "A purchase is marked with whom it is for, and for what",
    "CS-12": "The mark writes the gift history",
    "CS-13": "What was given in earlier years, when the occasion comes round",
    "CS-14": "Clients are linked to organizations",
    "CS-15": "An organization may be a real body",
    "CS-16": "An organization may be a designer or a collection",
    "CS-17": "An organization may be any grouping of clients",
    "CS-18": "Belonging is told from interest",
    "CS-19": "Each organization has a calendar of events",
    "CS-20": "An event on it reaches every client who is linked",
    "CS-22": "A client is interested in designers and collections",
    "CS-23": "Women's and men's lists are lists of their own",
    "CS-24": "A designer's event reaches those interested in her",
    "CS-25": "Events are told apart by their kinds",
    "CS-26": "What is to do about a calendar event shows to the associates who serve whom it reaches",
    "CS-27": "Associates act from the tickler",
    "CS-28": "A sale is said to come from an event",
    "CS-29": "The sell-through of an event",
    "CS-30": "An organization is national, regional or of a store",
    "CS-31": "An event is national, of a region or of a store",
    "CS-32": "The profile lists the family with the occasions of each",
    "CS-33": "The stores where a client shops",
    "CS-36": "Addresses without limit",
    "CS-37": "An address has a type",
    "CS-38": "An address has dates of residency",
    "CS-41": "Interests",
    "CS-42": "Likes",
    "CS-43": "Dislikes",
    "CS-44": "Calendar dates of a client",
    "CS-45": "Notes, open or private, on the profile",
    "CS-52": "Purchase history",
    "CS-53": "What a client owns, by category, brand and attribute",
    "CS-54": "Returns beside purchases",
    "CS-59": "Actions taken are recorded",
    "CS-60": "Actions are reported on",
    "CS-62": "Each associate has clients of her own",
    "BO-01": "A store has a target for an event",
    "BO-02": "An associate has a target for an event",
    "BO-03": "An event has a list of who is invited",
    "BO-04": "Pieces are previewed before the event",
    "BO-05": "Who would like which piece is known before the event",
    "BO-06": "How much of the sales the best associates make",
    "BO-07": "Relationships over decades and generations",
    "BO-26": "An appointment out of hours",
    "BO-27": "What was done before an event counts for it",
    "FL-12": "Only what changed hands counts as bought",
    "FL-13": "A client's primary associate",
    "FL-F09": "Tags",
    "FL-F10": "Mailing lists",
    "FL-C02": "When a client was taken up",
    "FL-C03": "Who took a client up",
    "FL-C14": "Last sale that moved goods",
    "FL-C17": "Sales of 6 months",
    "FL-C18": "Sales of 12 months",
    "FL-C19": "Sales of 24 months",
    "FL-C20": "Sales of all time",
    "NJ-14": "Everything that passed between client and house, in one view",
    "WK-10": "Preferences",
    "WK-15": "Chosen clients are invited",
    "X-08": "What is to do is overdue, due today, coming or done",
    "X-09": "A tickler is put off",
    "X-10": "Done, and not to be done, are different ends",
    "X-11": "A tickler is over by itself",
    "X-14": "A tickler of the store is taken once",
    "X-15": "What is to do follows from a purchase",
    "X-17": "What is to do follows from dates of clients and of those linked to them",
    "X-19": "Who stays away is on the list",
    "X-22": "One contact closes what the associate ticks",
    "X-26": "Marketing, transactional and conversational contacts",
    "X-39": "A book is reassigned, for good or as cover",
    "X-40": "The home store follows the shopping of a period",
    "X-41": "Duplicates are found, with reasons",
    "X-46": "An import changes what it names, and clears only where told to",
    "N-03": "When it held and when it was recorded",
    "N-05": "Every tickler and every credit says why: its causes, its rule and the rule's version",
    "N-06": "A rule is tried on the past before it is switched on",
    "N-07": "A read model is made anew from all history while the old one serves",
    "N-08": "Gift history that outlives the family of its time",
    "N-09": "Views that keep a surprise",
    "N-12": "Business events, replayed from any position, under one contract",
    "N-13": "Handed over with its history: the owner on the date",
    "N-14": "What is done without a contact is seen to be",
    "N-17": "Corrections, with what was said before",
}


def shown() -> dict[str, list[str]]:
    """Each feature's tests, as `path::test`; `LookupError` for an id that nothing here is called by."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for id in _marks(function):
                    found[id].append(f"{path.relative_to(TESTS.parent)}::{function.name}")
    if unknown := found.keys() - FEATURES.keys():
        raise LookupError(f"no feature {', '.join(sorted(unknown))}")
    return dict(found)


def page() -> str:
    tests = shown()
    rows = [f"| {id} | {FEATURES[id]} | {_links(tests[id])} |" for id in FEATURES if id in tests]
    head = "# What Carnet does\n\nEach feature, and the tests that show it. Written by `python -m tests.features`.\n"
    return "\n".join([head, "| Id | Feature | Shown by |", "|---|---|---|", *rows, ""])


def _links(tests: list[str]) -> str:
    return ", ".join(
        f"[{test.partition('::test_')[2].replace('_', ' ')}](../{test.partition('::')[0]})" for test in tests
    )


def _marks(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.feature":
            for argument in decorator.args:
                yield ast.literal_eval(argument)


if __name__ == "__main__":
    PAGE.write_text(page())
