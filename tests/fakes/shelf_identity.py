"""The shelf where units are let in, and where that is written down. Nobody is revoked, held or moved on a shelf."""

from collections.abc import Collection, Sequence

import msgspec

from servicehost.domain.attempt import Attempt
from servicehost.domain.certificate_standing import Certificate
from servicehost.ports.fences import FenceChange
from tests.fakes.shelf import View

__all__ = ["ShelfIdentity"]


class ShelfIdentity(View):
    """Implements of `ports.fences`, `ports.revocations` and `ports.attempts` what hellos and bindings need."""

    def put_fences(self, changes: Sequence[FenceChange]) -> list[FenceChange]:
        added = [self._numbered(change) for change in changes if self.sees_unit(change.unit_id)]
        self._shelf.fences |= {change.change: change for change in added}
        return added

    def _numbered(self, change: FenceChange) -> FenceChange:
        below = change.below_epoch
        if below is None:
            below = self._shelf.views[change.unit_id].session.epoch + 1
        return msgspec.structs.replace(change, change=self._shelf.next("fence_change"), below_epoch=below)

    def certificates_shown(self, fingerprints: Collection[str]) -> dict[str, Certificate]:
        rows = (self._shelf.certificates.get(one) for one in fingerprints)
        return {
            row.fingerprint: msgspec.structs.replace(row, first_used_at=self._shelf.uses.get(row.fingerprint))
            for row in rows
            if row is not None and self.sees_unit(row.unit_id)
        }

    def certificates_used(self, uses: Sequence[tuple[int, str, int]]) -> None:
        for _, fingerprint, at in uses:
            self._shelf.uses.setdefault(fingerprint, at)

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        self._own(one.management_code for one in attempts)
        for one in attempts:
            number = self._shelf.next("attempt")
            self._shelf.attempts[number] = msgspec.structs.replace(one, attempt=number)

    def owners(self, distribution_ids: Collection[str]) -> dict[str, tuple[int, str | None]]:
        found: dict[str, tuple[int, str | None]] = {}
        for unit in self._shelf.units.values():
            if unit.distribution_id in distribution_ids and self.sees_unit(unit.unit_id):
                binding = self.binding_in_force(unit_id=unit.unit_id)
                found[unit.distribution_id] = (unit.unit_id, None if binding is None else binding.management_code)
        return found
