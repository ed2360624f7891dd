"""The simulated unit's TLS context."""

import datetime as dt
from pathlib import Path

from adapter_sim.tls import client_context
from protocol.wire.events import TlsEnded, TlsReason
from tests.builders.certificates import YEAR, authority, ours, theirs
from tests.builders.wires import Joined, host_context, unit_context


def test_a_unit_that_thinks_it_is_1970_still_meets_its_host() -> None:
    # As seen from a clock at 1970 every certificate is not yet valid: the same as one dated well ahead of ours.
    future = authority("Future", now=dt.datetime.now(dt.UTC) + 50 * YEAR)
    joined = Joined(host_context(authority=future), unit_context(future.unit(), authority=future))
    assert joined.unit.open


def test_a_unit_does_not_meet_a_host_of_another_authority() -> None:
    joined = Joined(host_context(authority=theirs()), unit_context(ours().unit()))
    ended = joined.unit_events[-1]
    assert isinstance(ended, TlsEnded)
    assert ended.reason is TlsReason.FOREIGN_CERTIFICATE


def test_anchors_may_be_files(tmp_path: Path) -> None:
    anchor = tmp_path / "root.pem"
    anchor.write_text(ours().root_pem)
    certificate, key = ours().unit().write(tmp_path, "unit")
    context = client_context([anchor], certificate_chain=certificate, private_key=key)
    assert Joined(host_context(), context).unit.open
