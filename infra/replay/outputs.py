"""What the name of an output means."""

import sys
from pathlib import Path
from typing import Final
from uuid import UUID

from infra.broker.topics import Topics
from infra.replay.files import JsonLines, JsonLinesFile, ParquetFile
from infra.replay.told import NoOutput, Output
from infra.replay.topic import TopicOutput

TOPIC: Final = "topic:"


def output(to: str, incarnation: UUID, *, private: bool, kafka: str | None, topics: Topics) -> Output:
    """By what `to` looks like; a `private` one may be a file only. Raises `NoOutput`."""
    if to.startswith(TOPIC):
        if private:
            raise NoOutput("what is personal goes into a file, never onto a topic")
        if kafka is None:
            raise NoOutput("there is no Kafka: CARNET_KAFKA names one")
        return TopicOutput(kafka, topics, to.removeprefix(TOPIC), incarnation)
    if to == "-":
        return JsonLines(sys.stdout.buffer, incarnation)
    path = Path(to)
    if path.exists():
        raise NoOutput(f"{to} is there already")
    if not path.parent.is_dir():
        raise NoOutput(f"{path.parent} is no directory")
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return JsonLinesFile(path, incarnation, private=private)
    if path.suffix == ".parquet":
        return ParquetFile(path, incarnation, private=private)
    raise NoOutput(f"{to} is none of .jsonl, .jsonl.gz, .parquet, -, {TOPIC}NAME")
