"""Which addresses a machine can have."""

from servicehost.runtime.addresses import reachable


def test_a_machine_without_ipv6_listens_on_the_rest() -> None:
    assert reachable(["192.0.2.1", "::"], ipv6=False) == ["192.0.2.1"]
    assert reachable(["192.0.2.1", "::"], ipv6=True) == ["192.0.2.1", "::"]


def test_when_nothing_would_be_left_the_attempt_shall_fail_by_name() -> None:
    assert reachable(["::"], ipv6=False) == ["::"]
