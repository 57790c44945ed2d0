"""What somebody is told to type, held to what the command line takes."""

import shlex

from typer.testing import CliRunner

from infra.cli import app


def understood(command: str) -> bool:
    """Whether `carnet` knows this command and its options; it is not carried out."""
    carnet, *arguments = shlex.split(command)
    return carnet == "carnet" and CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0
