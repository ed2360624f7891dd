"""Figures in Prometheus' text format."""

from prometheus_client.parser import text_string_to_metric_families

from servicehost.ports.meter import Meter
from servicehost.runtime.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, str], float]:
    """By name and the value of the label `code`."""
    return {
        (sample.name, sample.labels.get("code", "")): sample.value
        for family in text_string_to_metric_families(metrics.generate().decode())
        for sample in family.samples
    }


def test_counts_grow_under_their_label_and_carry_our_name() -> None:
    metrics = Metrics(process=False)
    meter: Meter = metrics
    for label in ("drained", "silent", "silent"):
        meter.count("endings_total", label)
    meter.count("session_faults_total")
    found = samples(metrics)
    assert found["servicehost_endings_total", "silent"] == 2
    assert found["servicehost_endings_total", "drained"] == 1
    assert found["servicehost_session_faults_total", ""] == 1


def test_a_watched_figure_is_read_when_somebody_asks_and_the_last_watch_holds() -> None:
    metrics, figure = Metrics(process=False), [1.0]
    metrics.watch("sessions", lambda: 99.0)
    metrics.watch("sessions", lambda: figure[0])
    metrics.watch("frames_in_total", lambda: 7.0)
    figure[0] = 5.0
    found = samples(metrics)
    assert (found["servicehost_sessions", ""], found["servicehost_frames_in_total", ""]) == (5, 7)


def test_one_figure_that_cannot_be_read_takes_no_other_away() -> None:
    metrics = Metrics(process=False)
    metrics.watch("broken", lambda: 1 / 0)
    metrics.watch("sessions", lambda: 3.0)
    found = samples(metrics)
    assert ("servicehost_broken", "") not in found
    assert found["servicehost_sessions", ""] == 3
    assert found["servicehost_unreadable_figures_total", ""] == 1


def test_requests_are_counted_and_timed_by_path_and_status() -> None:
    metrics = Metrics(process=False)
    metrics.observe_request("GET", "/readyz", 200, 0.003)
    text = metrics.generate().decode()
    assert 'servicehost_http_request_seconds_count{method="GET",path="/readyz",status="200"} 1.0' in text


def test_figures_of_the_process_are_there_unless_they_are_switched_off() -> None:
    assert ("process_open_fds", "") in samples(Metrics(process=True))
    assert ("process_open_fds", "") not in samples(Metrics(process=False))


def test_a_hold_of_the_loop_falls_under_every_bound_it_keeps() -> None:
    metrics = Metrics(process=False)
    for seconds in (0.0, 0.05, 0.0501):
        metrics.observe_held(seconds)
    text = metrics.generate().decode()
    assert 'servicehost_loop_held_seconds_bucket{le="0.04"} 1.0' in text
    assert 'servicehost_loop_held_seconds_bucket{le="0.05"} 2.0' in text
    assert "servicehost_loop_held_seconds_count 3.0" in text
