"""Prometheus itself, for tests: from the machine, or from its Debian package, unpacked below the user's cache.

Nothing is installed and nobody has to be root. Which version that is, Debian decides: whoever uses it says so.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import pytest

CACHE: Final = Path.home() / ".cache" / "carnet" / "prometheus"
PROGRAMS: Final = ("promtool", "prometheus")


class Prometheus:
    """The two programs, in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def version(self) -> str:
        return self.promtool("--version").stdout.partition("(")[0].strip()

    def promtool(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self._directory / "promtool", *arguments], capture_output=True, text=True, check=False, timeout=60
        )

    @contextmanager
    def running(self, config: Path, port: int) -> Iterator[httpx.Client]:
        """A server on this port as long as the context lasts, reached through its API."""
        with config.with_name("prometheus.log").open("w") as log, TemporaryDirectory() as data:
            arguments = [
                f"--config.file={config}",
                f"--storage.tsdb.path={data}",
                f"--web.listen-address=127.0.0.1:{port}",
            ]
            server = subprocess.Popen([self._directory / "prometheus", *arguments], stdout=log, stderr=log)
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=5) as client:
                    yield client
            finally:
                server.terminate()
                server.wait(20)


def alerts(client: httpx.Client, state: str) -> list[dict[str, Any]]:
    """The alerts in this state; none while the server starts."""
    try:
        found = client.get("/alerts").json()["data"]["alerts"]
    except (httpx.TransportError, ValueError, KeyError):
        return []
    return [each["labels"] for each in found if each["state"] == state]


def prometheus() -> Prometheus:
    """Skips the test where there is none to be had."""
    found = [shutil.which(program) for program in PROGRAMS]
    if all(found):
        return Prometheus(Path(str(found[0])).parent)
    CACHE.mkdir(parents=True, exist_ok=True)
    # The workers of a run share it.
    with (CACHE / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (CACHE / "usr").exists():
            if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
                pytest.skip("no prometheus and promtool on the path, and no apt-get to have them from")
            _unpack(CACHE)
    return Prometheus(CACHE / "usr" / "bin")


def _unpack(cache: Path) -> None:
    with TemporaryDirectory(dir=cache) as name:
        directory = Path(name)
        if _apt(directory, "download", "prometheus"):
            # The machine's lists of packages may be missing or old: lists of our own are not.
            for part in ("lists/partial", "archives/partial"):
                (directory / part).mkdir(parents=True)
            own = [f"Dir::State::Lists={directory}/lists", f"Dir::Cache={directory}", "Debug::NoLocking=1"]
            options = [part for each in own for part in ("-o", each)]
            if failed := _apt(directory, *options, "update") or _apt(directory, *options, "download", "prometheus"):
                pytest.skip(f"no prometheus and promtool on the path, and apt-get cannot have them: {failed}")
        [package] = directory.glob("prometheus_*.deb")
        subprocess.run(["dpkg-deb", "-x", package, directory / "unpacked"], check=True)
        (directory / "unpacked" / "usr").rename(cache / "usr")


def _apt(directory: Path, *arguments: str) -> str | None:
    """What went wrong, if anything."""
    run = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", *arguments]
    done = subprocess.run(
        run, cwd=directory, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    return None if done.returncode == 0 else (done.stderr.strip() or "it failed").splitlines()[-1]
