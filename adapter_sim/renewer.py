"""When one unit renews its certificate, and with which one it dials: the rules of `protocol.renewal` at work.

    due, asked or expired ──ask the door──> candidate kept ──session opened with it──> welcomed: current
             ^                 │                                   │
             └──wait───────────┴──refused: erased, or failed───────┘

Every step is in flash before the next begins, so the power may go at any moment: see `adapter_sim.identity`.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, Literal, Protocol, TypeAlias

from adapter_sim import keys
from adapter_sim.endings import Ending
from adapter_sim.enrol import EnrolmentFailed
from adapter_sim.happenings import What
from adapter_sim.identity import ROLES, Credential, Identity, Role
from adapter_sim.keys import CertificateUnfit
from adapter_sim.timers import Timer
from adapter_sim.world import World
from protocol import renewal
from protocol.codes import CloseCode
from protocol.identity import DistributionId
from protocol.messages import Renew, Welcome
from protocol.renewal import RETRY_FIRST_S, HostTime, Life

__all__ = ["AskDoor", "Renewer", "RenewerOwner"]

AskDoor: TypeAlias = Callable[[bytes, Credential], Awaitable[bytes]]
"""Asks the bootstrap door for a certificate: a PKCS#10 request in DER, and what the unit proves itself with. The answer
is PKCS#7 in DER. Raises EnrolmentFailed."""

Why: TypeAlias = Literal["due", "asked", "expired"]

_NOT_YET: Final = frozenset({"certificate_not_yet_valid"})
_EXPIRED: Final = frozenset({"certificate_expired"})


class RenewerOwner(Protocol):
    """The unit, as its renewer knows it."""

    def succeed(self) -> bool:
        """A candidate waits: open a session with it, beside the one that stands. False: not now."""
        ...

    def renewal_told(self, what: What, **fields: object) -> None:
        """Something happened on the way."""
        ...

    def candidate_regretted(self, text: str) -> None:
        """A host has refused the candidate: people should hear of it."""
        ...


class Renewer:
    """One unit's. Verbs never raise for what a host, a network or the flash does. Call from the loop's thread."""

    __slots__ = (
        "_ask",
        "_attempt",
        "_expired",
        "_host_time",
        "_identity",
        "_owner",
        "_planned_at",
        "_refused",
        "_task",
        "_timer",
        "_tried_at",
        "_unit",
        "_why",
        "_world",
    )

    def __init__(
        self, owner: RenewerOwner, unit: DistributionId, identity: Identity, ask: AskDoor | None, world: World
    ) -> None:
        self._owner = owner
        self._unit = unit
        self._identity = identity
        self._ask = ask
        self._world = world
        self._host_time: HostTime | None = None
        self._refused: set[Role] = set()
        self._expired = False
        self._attempt = 0
        self._tried_at: float | None = None
        self._timer: Timer | None = None
        self._planned_at = 0.0
        self._why: Why = "due"
        self._task: asyncio.Task[None] | None = None

    @property
    def identity(self) -> Identity:
        """The unit's credentials."""
        return self._identity

    @property
    def under_way(self) -> bool:
        """The door is being asked."""
        return self._task is not None

    @property
    def planned_at(self) -> float | None:
        """When the next try begins, on the monotonic clock; None when none is planned."""
        return None if self._timer is None else self._planned_at

    def boot(self) -> None:
        """The unit starts: what was not in flash is forgotten, the time among it."""
        self.stop()
        self._host_time = None
        self._refused.clear()
        self._expired = False
        self._attempt = 0
        self._tried_at = None

    def stop(self) -> None:
        """The power goes, or the unit leaves. What is under way comes to nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def host_now(self) -> float | None:
        """What the clock of the unit's host shows; None before the first welcome since the boot."""
        return None if self._host_time is None else self._host_time.now(self._world.timers.now())

    # -- dialling -----------------------------------------------------------------------------------------------

    def dial_with(self) -> tuple[Role, ssl.SSLContext] | None:
        """The credential to dial with now: the first that no host has refused since the boot, or all over again.

        None when none of them can be read.
        """
        for _ in range(2):
            for role in ROLES:
                if role not in self._refused and self._identity.has(role):
                    try:
                        return role, self._identity.context(role)
                    except (CertificateUnfit, OSError) as error:
                        self._refused.add(role)
                        self._owner.renewal_told("credential_unreadable", role=role, detail=str(error))
            self._refused.clear()
        return None

    def refused(self, role: Role, ending: Ending) -> None:
        """A host would not have the credential that a dial was made with."""
        if role == "candidate" and ending.reason not in _NOT_YET:
            self.candidate_refused(ending)
        else:
            self._refused.add(role)
        left = [one for one in ROLES if one not in self._refused and self._identity.has(one)]
        if not left and (ending.reason in _EXPIRED or ending.code == CloseCode.CERTIFICATE_EXPIRED):
            self._enrol_again()

    def _enrol_again(self) -> None:
        if not self._expired:
            self._expired = True
            self._attempt = 0
            self._plan(self._world.uniform(0.0, RETRY_FIRST_S), "expired")

    # -- a session ----------------------------------------------------------------------------------------------

    def welcomed(self, role: Role, welcome: Welcome) -> Role:
        """A host took the unit in, by this credential. The answer is what that credential is from now on."""
        now = self._world.timers.now()
        self._host_time = renewal.heard_time(welcome.time, now) or self._host_time
        self._expired = False
        self._refused.discard(role)
        try:
            self._settle(role)
            role = "current"
        except OSError as error:
            # The candidate is still there: it is taken up again at the next welcome.
            self._failed("flash_failed", str(error))
        if welcome.renew is not None:
            self.asked(welcome.renew)
        elif self._timer is None or (self._attempt == 0 and self._why == "due"):
            self._plan_due()
        return role

    def _settle(self, role: Role) -> None:
        if role == "candidate":
            self._identity.commit()
            self._refused.clear()
            self._attempt = 0
            self._owner.renewal_told("renewed", fingerprint=self._fingerprint())
        elif role == "previous":
            self._identity.go_back()
            self._refused.clear()
            self._owner.renewal_told("went_back", fingerprint=self._fingerprint())
        else:
            self._identity.drop("previous")

    def asked(self, renew: Renew) -> None:
        """The host wants a younger certificate."""
        if self._task is not None or self._identity.has("candidate"):
            return
        planned = self._timer is not None
        if planned and self._why == "asked" and self._attempt == 0:
            return  # said again: the moment that was drawn stands
        now = self._world.timers.now()
        since = None if self._tried_at is None else now - self._tried_at
        delay_s = renewal.asked_delay(float(renew.within_s), since, self._world.uniform)
        if not planned or now + delay_s < self._planned_at:
            self._plan(delay_s, "asked")
        self._owner.renewal_told("renewal_asked", reason=renew.reason, begins_s=round(self._planned_at - now, 3))

    # -- the candidate ------------------------------------------------------------------------------------------

    def candidate_refused(self, ending: Ending) -> None:
        """A host will not have the candidate: erase it, and go on with what there is."""
        if ending.reason in _NOT_YET:
            self.candidate_unproven(ending)
            return
        self._owner.renewal_told("candidate_refused", **ending.fields())
        self._owner.candidate_regretted(f"the new certificate was refused: {ending.reason}")
        try:
            self._identity.drop("candidate")
        except OSError as error:
            self._failed("flash_failed", str(error))
        else:
            self._failed("candidate_refused", ending.reason)

    def candidate_unproven(self, ending: Ending) -> None:
        """No host was reached with the candidate, or it had other reasons: it is kept, and tried again."""
        self._failed("candidate_unproven", f"{ending.reason}: {ending.detail}" if ending.detail else ending.reason)

    def postponed(self) -> None:
        """Something else is first, a config on trial: come back to it."""
        if self._identity.has("candidate"):
            self._plan(RETRY_FIRST_S, self._why)

    # -- a try --------------------------------------------------------------------------------------------------

    def _plan_due(self) -> None:
        if self._identity.has("candidate"):  # the power went before a host had welcomed it
            self._plan(0.0, "due")
            return
        now = self.host_now()
        held = self._read("current")
        if held is not None and now is not None:
            self._plan(max(0.0, renewal.due_at(held.life, held.lot) - now), "due")

    def _plan(self, delay_s: float, why: Why) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._why = why
        self._planned_at = self._world.timers.now() + delay_s
        self._timer = self._world.timers.call_later(delay_s, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._identity.has("candidate"):
            self._succeed()
        elif self._ask is None:
            self._failed("no_door", "no bootstrap door was given")
        elif self._task is None:
            self._tried_at = self._world.timers.now()
            self._task = asyncio.get_running_loop().create_task(self._try(self._ask))

    async def _try(self, ask: AskDoor) -> None:
        try:
            await self._get_candidate(ask)
        except EnrolmentFailed as failed:
            self._task = None
            self._failed(failed.reason, failed.text, failed.retry_after_s)
        except (CertificateUnfit, OSError) as error:
            self._task = None
            self._failed("certificate_unfit" if isinstance(error, CertificateUnfit) else "flash_failed", str(error))
        else:
            self._task = None
            self._succeed()

    async def _get_candidate(self, ask: AskDoor) -> None:
        held = self._identity.credential("current")
        if held is None:
            raise CertificateUnfit("there is no certificate to renew")
        birth = self._identity.credential("birth") if self._expired else None
        proof = birth or held
        self._owner.renewal_told("renewal_began", why=self._why, by=proof.role, attempt=self._attempt)
        key = self._identity.next_key()
        answer = await ask(keys.renewal_request(key, held.leaf), proof)
        anchors = self._identity.anchor_certificates()
        chain = keys.own_certificate(keys.certificates_in(answer), key, self._unit, anchors, known=held.chain)
        self._identity.put_candidate(key, chain)
        self._owner.renewal_told("candidate_kept", not_after=chain[0].not_valid_after_utc.isoformat())

    def _succeed(self) -> None:
        if self._expired:
            self._refused.add("current")  # there is no session with it, and there will be none
        if not self._owner.succeed():
            self._plan(RETRY_FIRST_S, self._why)

    def _failed(self, reason: str, text: str, asked_s: float | None = None) -> None:
        """Plan the next try, and say why this one came to nothing."""
        held = self._read("current")
        now = self.host_now()
        left_s = None if held is None or now is None or self._expired else held.life.not_after - now
        again_s = renewal.retry_delay(
            self._attempt,
            left_s=left_s,
            uniform=self._world.uniform,
            asked_s=asked_s,
            cap_s=renewal.PERMISSION_RETRY_CAP_S if self._expired else renewal.RETRY_CAP_S,
        )
        self._attempt += 1
        self._plan(again_s, self._why)
        self._owner.renewal_told("renewal_failed", reason=reason, detail=text, again_s=round(again_s, 3))

    # -- looks --------------------------------------------------------------------------------------------------

    def judges_host(self, life: Life) -> bool:
        """Whether a host's certificate with these dates must be refused."""
        return renewal.host_certificate_stale(life, self.host_now())

    def _read(self, role: Role) -> Credential | None:
        try:
            return self._identity.credential(role)
        except (CertificateUnfit, OSError):
            return None

    def _fingerprint(self) -> str:
        held = self._read("current")
        return "" if held is None else held.fingerprint
