"""`make bench`: measure, print the table, write build/bench.json. FULL=1 adds the small and the large fleet."""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import msgspec
import uvloop
from rich.console import Console

from tests.bench import diff, host, identities, measure, mosquitto, rounds, rows, table, targets, tls_client, yardstick
from tests.bench.identities import Identities
from tests.bench.rows import Figure, Row
from tests.bench.subject import LoadError, Subject

OUT = Path("build/bench.json")
OWN, PEER = host.NAME, mosquitto.NAME
Make = Callable[[Identities], Subject]
Round = dict[str, Figure]


def entrants() -> dict[str, Make]:
    """Every server that can be measured here, by name; a new one is one line."""
    known: dict[str, Make] = {host.NAME: host.ServiceHost}
    if (binary := mosquitto.find()) is not None:
        known[mosquitto.NAME] = lambda papers: mosquitto.Mosquitto(binary, papers)
    return known


class Bench:
    """One run: both subjects in turn, so that what the machine does meanwhile falls on both."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        known = entrants()
        if options.own not in known:
            raise SystemExit(f"{options.own} is not installed here; to be measured are: {', '.join(known) or 'none'}")
        self._own = known[options.own]
        self._peer = known.get(options.peer)
        self._peer_name = options.peer if self._peer else None
        self._rounds: int = options.rounds
        self._console = console
        self._begun = time.monotonic()
        self._yardstick_us = 0.0
        self.rows: list[Row] = []
        self.peer_values: list[float | None] = []
        self.kept: list[dict[str, object]] = []

    def say(self, text: str) -> None:
        """Progress, with the seconds since the start."""
        line = f"[{time.monotonic() - self._begun:6.1f} s] {text}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    async def run(self, sizes: Sequence[int]) -> None:
        """Measure every fleet size; the rows stand in the order of the sizes."""
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            papers = identities.make(Path(folder), max(sizes) + rounds.EXTRA_SESSIONS, self.say)
            gc.freeze()  # of the load client alone: its certificates need not be looked through again and again
            for sessions in sizes:
                await self._size(sessions, papers)
        await self._diff(sizes[0])

    async def _diff(self, sessions: int) -> None:
        """No session plays a part in it: it stands with the first fleet."""
        figures = [await diff.compared() for _ in range(self._rounds)]
        self.rows.append(rows.row("diff", sessions, "ms", figures, peer=None, peers=()))
        self.peer_values.append(None)

    async def _size(self, sessions: int, papers: Identities) -> None:
        own: list[Round] = []
        peers: list[Round] = []
        for number in range(1, self._rounds + 1):
            self._look_at_the_machine(papers)
            self.say(
                f"{sessions:,} sessions, round {number} of {self._rounds}; "
                f"bare TLS handshake {self._yardstick_us:,.0f} µs at this moment"
            )
            own.append(await self._round(self._own(papers), sessions))
            peers += await self._peer_round(sessions, papers)
        self.rows += rounds.table_rows(sessions, own, peer=self._peer_name, peers=peers)
        self.peer_values += [_median([r[name].value for r in peers if name in r]) for name in own[0]]

    def _look_at_the_machine(self, papers: Identities) -> None:
        with measure.on_core(measure.cores()[0]):
            self._yardstick_us = yardstick.handshake_us(papers)

    async def _peer_round(self, sessions: int, papers: Identities) -> list[Round]:
        """The peer's round, or nothing, said aloud: its failure takes its figures from the table, not ours."""
        if self._peer is None:
            return []
        try:
            return [await self._round(self._peer(papers), sessions)]
        except LoadError as error:
            self.say(f"no figures of {self._peer_name} from this round: {error}")
            return []

    async def _round(self, subject: Subject, sessions: int) -> Round:
        figures = await rounds.measured(subject, sessions, self.say)
        kept = {"subject": subject.name, "version": subject.version, "sessions": sessions, "figures": figures}
        self.kept.append(kept | {"yardstick_us": self._yardstick_us})
        return figures


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--own", default=OWN, help="the server in the rows (%(default)s)")
    parser.add_argument("--peer", default=PEER, help="the server beside it (%(default)s), or none")
    parser.add_argument("--sessions", type=int, default=targets.AT_SESSIONS, help="fleet size (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="medians are over so many (%(default)s)")
    parser.add_argument("--out", type=Path, default=OUT, help="where the rows go (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Run what the command line and FULL ask for; the exit status says whether it ran, not whether targets are met."""
    options = _options()
    sizes = [options.sessions]
    if os.environ.get("FULL") == "1":
        sizes += [targets.SMALL_FLEET, targets.LARGE_FLEET]
    bench = Bench(options, Console(stderr=True))
    if complaint := measure.raise_open_files(max(sizes) + rounds.EXTRA_SESSIONS + measure.SPARE_FILES):
        raise SystemExit(complaint)
    server_core, client_core = measure.cores()
    if server_core == client_core:
        bench.say("only one core: server and load client share it, the client cannot be shown idle")
    tls_client.take_large_pieces()
    try:
        uvloop.run(bench.run(sizes))
    except LoadError as error:
        raise SystemExit(f"no figures: {error}") from error
    _publish(bench, options.out)


def _publish(bench: Bench, out: Path) -> None:
    rows.write(bench.rows, out)
    out.with_suffix(".rounds.json").write_bytes(msgspec.json.format(msgspec.json.encode(bench.kept)) + b"\n")
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table.figures(bench.rows, bench.peer_values))
    if growths := targets.growths(bench.rows):
        console.print(table.growth_table(growths))
    bench.say(f"rows in {out}, every round in {out.with_suffix('.rounds.json')}")


if __name__ == "__main__":
    main()
