"""When this unit dials again: `protocol.timing` with a memory of how often it has tried. Pure but for chance."""

from collections.abc import Callable

from adapter_sim.endings import Ending
from protocol.messages import Redial
from protocol.timing import redial_delay

__all__ = ["Redialer"]


class Redialer:
    """Counts attempts. The slow table starts over only after a session that ended for a quick reason."""

    __slots__ = ("_attempt", "_slow_attempt", "_uniform", "hosts", "policy")

    def __init__(self, *, hosts: int, uniform: Callable[[float, float], float]) -> None:
        self.policy = Redial()
        self.hosts = hosts
        self._uniform = uniform
        self._attempt = 0
        self._slow_attempt = 0

    def welcomed(self, policy: Redial) -> None:
        """A host took us in, and says how to dial from now on."""
        self.policy = policy
        self._attempt = 0

    def start_over(self) -> None:
        """Something changed that may have been in the way: the line, or the config."""
        self._attempt = 0

    def delay(self, ending: Ending, *, welcomed: bool) -> float:
        """Seconds from this ending to the next dial. Each call counts one attempt."""
        if ending.redial_after_s is not None:
            return ending.redial_after_s + self._uniform(0.0, self.policy.spread_s)
        attempt = self._slow_attempt if ending.slow else self._attempt
        if ending.slow:
            self._slow_attempt += 1
        else:
            self._attempt += 1
            self._slow_attempt = 0 if welcomed else self._slow_attempt
        return redial_delay(self.policy, attempt, slow=ending.slow, hosts=self.hosts, uniform=self._uniform)
