"""One run: a Carnet at work, faults by a seeded schedule, everything at rest again, and the judgement."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Final

import psycopg

from projections.registry import PROJECTIONS
from tests.faults import faults, history, tampering
from tests.faults.checker import Violation, check
from tests.faults.evidence import Evidence
from tests.faults.gathering import gather
from tests.faults.history import History
from tests.faults.restored import restored
from tests.faults.stage import Missed, Stage
from tests.faults.supervisor import RELAYS, ROOT, Carnet, Ended, whole_carnet
from tests.faults.waiting import wait
from tests.faults.watching import Observer, Tail, watched
from tests.faults.workload import working

Told = Callable[[str], None]

SETTLED_SECONDS: Final = 120.0


@dataclass(slots=True)
class Report:
    """What a run did and what came of it; `seconds` is all of it, recovery and lag are the longest seen."""

    seed: int
    seconds: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    commands: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    events: int = 0
    duplicates: int = 0
    recovery_seconds: float = 0.0
    lag_events: int = 0
    lag_seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Report":
        """What `as_dict` told."""
        violations = [Violation(*each) for each in said["violations"]]
        return cls(**{**said, "violations": violations})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """For a person."""
        injected = ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items()))
        commands = ", ".join(f"{count} {outcome}" for outcome, count in self.commands.items())
        lag = f"{self.lag_seconds:.1f} s"
        return [
            f"seed {self.seed}, {self.seconds:.0f} s, {sum(self.faults.values())} faults: {injected}",
            f"{sum(self.commands.values())} commands in {self.calls} calls: {commands}; {self.events} events",
            f"{self.duplicates} records were sent again",
            f"recovered within {self.recovery_seconds:.1f} s; at most {self.lag_events} events and {lag} behind",
            *(f"BROKEN {violation.invariant}: {violation.what}" for violation in self.violations),
        ]


class Run:
    """One Carnet from its start to the judgement."""

    def __init__(self, carnet: Carnet, seed: int, told: Told) -> None:
        self.carnet = carnet
        self.report = Report(seed)
        self.random = Random(seed)
        self.troubles: list[str] = []
        self.poison: frozenset[int] = frozenset()
        self._told = told
        self._begin = monotonic()

    @property
    def seconds(self) -> float:
        return monotonic() - self._begin

    def happened(self, what: str) -> None:
        self.report.faults[what] = self.report.faults.get(what, 0) + 1
        self.say(what)

    def say(self, what: str) -> None:
        self._told(f"{self.seconds:6.1f} s  {what}")

    def inject(self, stage: Stage, fault: Callable[[Stage], str | Iterable[str]]) -> None:
        """One fault, and then until all that was there at its end is known everywhere."""
        kinds = fault(stage)
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            self.happened(kind)
        self.recover(stage, str(kinds))

    def recover(self, stage: Stage, after: str) -> None:
        recovery = stage.caught_up()
        self.say(f"recovered from {after} in {recovery:.1f} s, up to {stage.observer.projected}")
        self.report.recovery_seconds = max(self.report.recovery_seconds, recovery)
        for name in self.carnet.unasked():
            self.troubles.append(f"{name} ended by itself after {after}: status {self.carnet.ended(name)}")
            self.carnet.start(name)

    def at_rest(self, stage: Stage, tail: Tail) -> None:
        """Until everything is known everywhere and whoever is asked to end has ended."""
        stage.caught_up(SETTLED_SECONDS)
        self.troubles += [f"{name} ended by itself: {self.carnet.ended(name)}" for name in self.carnet.unasked()]
        end = stage.observer.end_now()
        wait(lambda: bool(tail.positions) and tail.positions[-1] >= end, "the log's reader sees its end", 30)
        if self.poison:
            self.troubles += dlq_shows(self.carnet, self.poison)
        for name, status in self.carnet.stop_all().items():
            if status not in (0, -15):
                self.troubles.append(f"{name} was asked to end, and ended with {status}")

    @contextmanager
    def troubled(self) -> Iterator[None]:
        """What does not come about, or takes too long, ends the run, and is part of what is judged."""
        try:
            yield
        except (TimeoutError, Missed, Ended, psycopg.OperationalError) as trouble:
            self.troubles.append(f"{type(trouble).__name__}: {trouble}")
            self.say(self.troubles[-1])

    def judge(self, tail: Tail, observer: Observer, path: Path) -> Evidence:
        commands = history.read(path)
        evidence = gather(self.carnet, commands, tail.positions, self.poison, self.troubles)
        report = self.report
        report.commands = history.outcomes(commands)
        report.calls = sum(command.calls for command in commands)
        report.events = len(evidence.relayable)
        report.duplicates = len(evidence.uncommitted) - len({each.event_id for each in evidence.uncommitted})
        report.lag_events, report.lag_seconds = observer.most_events, observer.most_seconds
        report.violations = check(evidence)
        return evidence


def run(home: Path, seed: int, told: Told, schedule: Callable[[Run, Stage], None]) -> Report:
    """Runs `schedule` on a Carnet at work, and judges. It is started with every failpoint armed, each met once."""
    with whole_carnet(home) as carnet:
        this = Run(carnet, seed, told)
        path = home / "history.jsonl"
        with watched(carnet) as (tail, observer):
            stage = Stage(carnet, observer, this.random)
            with this.troubled():
                chains = faults.failpoint_chains(stage)
                for name, chain in chains.items():
                    carnet.start(name, chain[0])
                carnet.wait_ready()
                with History(path) as written, working(carnet.url, carnet.token, str(seed), written):
                    faults.failpoints(stage, chains, this.happened)
                    carnet.start(RELAYS[1])
                    this.recover(stage, "failpoints")
                    schedule(this, stage)
                this.say("the workload has ended")
                this.at_rest(stage, tail)
            carnet.stop_all()
        this.say("everything is at rest")
        this.judge(tail, observer, path)
        this.say("judged")
        if not this.report.violations:
            this.report.violations += [Violation("incarnation", what) for what in restored(carnet, seed)]
            this.happened("older log restored")
        this.report.seconds = this.seconds
        return this.report


def short(run: Run, stage: Stage) -> None:
    """Every kind of fault once, in an order that never changes."""
    for fault in (faults.kill_broker, faults.kill_postgres, faults.pause_broker, faults.sleepers):
        run.inject(stage, fault)
    run.poison = frozenset({tampering.poison(stage)})
    run.happened("poison")
    tampering.copy_log(run.carnet)
    for fault in (faults.cut_connections, faults.broker_away, faults.restart_projector, faults.records_expired):
        run.inject(stage, fault)
    run.inject(stage, tampering.stray_records)


def long(minutes: float) -> Callable[[Run, Stage], None]:
    """What `short` does, and then any fault by chance, until the time is over."""

    def schedule(run: Run, stage: Stage) -> None:
        short(run, stage)
        while (left := minutes * 60 - run.seconds) > 0:
            run.say(f"{left / 60:.1f} minutes left")
            run.inject(stage, run.random.choice(faults.FAULTS))

    return schedule


def dlq_shows(carnet: Carnet, poison: frozenset[int]) -> list[str]:
    """Whether `carnet dlq list` tells an operator of just the keys with a bad event; what is wrong with it else."""
    answered = subprocess.run(
        [sys.executable, "-m", "infra", "dlq", "list", "--json"],
        cwd=ROOT,
        env=carnet.environment("dlq"),
        capture_output=True,
        text=True,
        check=False,
    )
    keys = json.loads(answered.stdout or '{"keys": []}')["keys"]
    shown = {(key["projection"], key["first"]["position"], key["first"]["reason"]) for key in keys}
    wanted = {(each.name, position, "decode") for each in PROJECTIONS for position in poison}
    return [] if shown == wanted and answered.returncode == 1 else [f"carnet dlq shows {shown}, not {wanted}"]
