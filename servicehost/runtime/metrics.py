"""Figures in Prometheus' text format. Counting is a step in a dictionary; the format is made when somebody asks."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest

__all__ = ["PREFIX", "Metrics"]

PREFIX: Final = "servicehost_"
_TOTAL: Final = "_total"
_HTTP_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_HELD_BUCKETS_S: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075),
    *(0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 10.0),
)


class Metrics:
    """Implements `ports.meter.Meter`; every name gets `servicehost_` in front, a label is called `code`.

    All on the event loop's thread.
    """

    def __init__(self, *, process: bool = True) -> None:
        self._counts: dict[str, dict[str, float]] = {}
        self._reads: dict[str, Callable[[], float]] = {}
        self._faults = 0
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        self._http = Histogram(
            f"{PREFIX}http_request_seconds",
            "Requests at the operators' door by method, path of the route table and status",
            ("method", "path", "status"),
            buckets=_HTTP_BUCKETS_S,
            registry=self._registry,
        )
        # A histogram, not the longest since somebody last asked: two who ask would take it from each other.
        self._held = Histogram(
            f"{PREFIX}loop_held_seconds",
            "How late a timer of the event loop came; closer together while the loop is busy",
            buckets=_HELD_BUCKETS_S,
            registry=self._registry,
        )
        if process:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)
            GCCollector(registry=self._registry)

    def count(self, name: str, label: str = "") -> None:
        """See `ports.meter.Meter`."""
        labels = self._counts.setdefault(name, {})
        labels[label] = labels.get(label, 0.0) + 1.0

    def watch(self, name: str, read: Callable[[], float]) -> None:
        """See `ports.meter.Meter`."""
        self._reads[name] = read

    def observe_request(self, method: str, path: str, status: int, seconds: float) -> None:
        """One answer at the operators' door; `path` out of the route table."""
        self._http.labels(method, path, str(status)).observe(seconds)

    def observe_held(self, seconds: float) -> None:
        """For so long the event loop heard nobody."""
        self._held.observe(seconds)

    def generate(self) -> bytes:
        """All figures, text format 0.0.4. A figure that cannot be read is left out and counted."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """What prometheus_client calls."""
        for name, labels in self._counts.items():
            family = CounterMetricFamily(_family(name), _help(name), labels=("code",) if any(labels) else ())
            for label, value in labels.items():
                family.add_metric((label,) if any(labels) else (), value)
            yield family
        for name, read in tuple(self._reads.items()):
            yield from self._read(name, read)
        yield CounterMetricFamily(f"{PREFIX}unreadable_figures", "Figures that could not be read", value=self._faults)

    def _read(self, name: str, read: Callable[[], float]) -> Iterator[Metric]:
        try:
            value = float(read())
        except Exception:  # somebody else's figure must not take all the others from whoever asks
            self._faults += 1
            return
        kind = CounterMetricFamily if name.endswith(_TOTAL) else GaugeMetricFamily
        yield kind(_family(name), _help(name), value=value)


def _family(name: str) -> str:
    return PREFIX + name.removesuffix(_TOTAL)


def _help(name: str) -> str:
    return name.removesuffix(_TOTAL).replace("_", " ").capitalize()
