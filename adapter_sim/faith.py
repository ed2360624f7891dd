"""Which hosts one running adapter believes: by the anchors it holds, which hosts may change, and by their dates."""

import contextlib
from typing import Protocol

from cryptography import x509

from adapter_sim.anchors import Anchors, AnchorsUnfit
from adapter_sim.endings import Ending, host_stale
from adapter_sim.happenings import What
from adapter_sim.keys import CertificateUnfit
from adapter_sim.renewer import Renewer
from protocol.renewal import Life

__all__ = ["Faith"]


class Tell(Protocol):
    def __call__(self, what: What, **fields: object) -> None: ...


class Faith:
    """A unit without a `renewer` has no anchors of its own: it dials with one context for ever and judges no dates."""

    __slots__ = ("_renewer", "_tell")

    def __init__(self, renewer: Renewer | None, tell: Tell) -> None:
        self._renewer = renewer
        self._tell = tell

    @property
    def held(self) -> tuple[str, ...] | None:
        """Fingerprints of the anchors it holds; None when they are not its own to tell of."""
        trust = self._trust
        return None if trust is None else trust.fingerprints

    @property
    def proves(self) -> frozenset[str] | None:
        """The anchors that a dial made now proves to be enough, where some are to go."""
        trust = self._trust
        return None if trust is None else trust.proves

    def told(self, anchors: tuple[str, ...]) -> tuple[str, ...] | AnchorsUnfit:
        """A host names the anchors in force; what is held after it, or why they were not taken."""
        trust = self._trust
        if trust is None:
            return AnchorsUnfit("anchors_fixed", "this unit's anchors are not its own to change")
        try:
            held = trust.take(anchors)
        except AnchorsUnfit as unfit:
            return unfit
        except OSError as error:
            return AnchorsUnfit("flash_failed", str(error))
        self._tell("anchors_named", named=len(anchors), held=list(held))
        return held

    def proved_with(self, proves: frozenset[str] | None) -> None:
        """A host was believed in a session that was dialled with these alone: the others may go."""
        trust = self._trust
        if trust is None or proves is None or proves != trust.proves:
            return
        # A flash that fails keeps what it has: the next session proves it again.
        with contextlib.suppress(OSError):
            if trust.proved():
                self._tell("anchors_dropped", held=list(trust.fingerprints))

    def shaken(self, ending: Ending, *, proving: bool) -> bool:
        """Whether TLS may have failed because the host is not known by the anchors that shall remain. Then the next
        dial is made with all there are."""
        trust = self._trust
        if trust is None or ending.layer != "tls":
            return False
        trust.failed()
        return proving

    def host_stale(self, certificate: bytes | None) -> Ending | None:
        """Why a host with this certificate is not believed, once a host's word has told what day it is."""
        renewer = self._renewer
        if renewer is None or certificate is None or renewer.host_now() is None:
            return None
        leaf = x509.load_der_x509_certificate(certificate)
        begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        stale = renewer.judges_host(Life(not_before=begins.timestamp(), not_after=ends.timestamp()))
        return host_stale(f"valid from {begins:%Y-%m-%d %H:%MZ} to {ends:%Y-%m-%d %H:%MZ}") if stale else None

    @property
    def _trust(self) -> Anchors | None:
        """None also when they cannot be read: then no host is told of any, nor heard about them."""
        try:
            return None if self._renewer is None else self._renewer.identity.trust
        except (CertificateUnfit, OSError):
            return None
