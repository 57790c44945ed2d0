"""Java archives by coordinate, from the Maven repository, each checked against a hash that is committed here.

Nothing is resolved: the lock names every jar, so that neither a newer version nor another file can slip in.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

CACHE: Final = Path.home() / ".cache" / "carnet" / "jars"


class WrongHash(Exception):
    """What was downloaded is not what was locked."""


class Jar(NamedTuple):
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_lock(lock: Path) -> Iterator[Jar]:
    """One jar a line, `group:artifact:version sha256`; lines that begin with # are remarks."""
    for line in lock.read_text().splitlines():
        if not line.startswith("#"):
            coordinate, sha256 = line.split()
            group, artifact, version = coordinate.split(":")
            yield Jar(group, artifact, version, sha256)


def fetch(lock: Path, cache: Path = CACHE) -> list[Path]:
    """The locked jars, downloaded unless the cache holds them unchanged. Raises `WrongHash`.

    Several processes may do so at once: a jar appears in the cache whole or not at all.
    """
    cache.mkdir(parents=True, exist_ok=True)
    paths = []
    for jar in read_lock(lock):
        path = cache / jar.file_name
        if not (path.exists() and _sha256(path) == jar.sha256):
            _download(jar, path)
        paths.append(path)
    return paths


def _download(jar: Jar, path: Path) -> None:
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory(dir=path.parent) as directory:
        maven = MavenContext(repo_cache=Path(directory), timeout=60)
        found = maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        if (actual := _sha256(found)) != jar.sha256:
            raise WrongHash(f"{jar.file_name}: locked {jar.sha256}, found {actual}")
        found.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
