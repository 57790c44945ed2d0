"""Arguments and options that several commands of the command line have."""

from typing import Annotated
from uuid import UUID

import typer

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")]
JsonLines = Annotated[
    bool, typer.Option("--json", help="JSON Lines on standard output: how far it is, and what was found.")
]
Name = Annotated[str, typer.Argument(help="The projection's name.", metavar="PROJECTION")]
OfClient = Annotated[
    UUID | None, typer.Option("--client", metavar="ID", help="Only a client's: her own streams, and what names her.")
]
OfStream = Annotated[
    UUID | None, typer.Option("--stream", metavar="ID", help="Only those of one stream, such as a sale.")
]
Types = Annotated[
    list[str] | None,
    typer.Option("--type", metavar="NAME", help="Only these: `sale.recorded.v1`, or every version: `sale.recorded`."),
]
