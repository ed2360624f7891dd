"""The audit's chains: appended in the transaction of what they tell of, with the chain's head read and moved in it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from servicehost.backends import sealing
from servicehost.backends.sql import audit_tables, case_tables, tables
from servicehost.backends.sql.customer_tables import delegate
from servicehost.backends.sql.errands import forget_attendee, telephones_of
from servicehost.backends.sql.forgetting import FreeText
from servicehost.backends.sql.prepared import Many, One
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.audit import BEGINNING, AuditEntry, Personal, Sealed, Whose, assemble, chain_of, follow_hash
from servicehost.domain.exchange import ENDED

__all__ = ["Audit", "Erasures"]

_head = audit_tables.audit_head.c
_key = audit_tables.person_key.c
_person = tables.person.c
_exchange = case_tables.exchange.c
_delegate = delegate.c
_first = sqlite.insert(audit_tables.audit_head)
_GET_HEAD: Final = One(select(_head.number, _head.hash).where(_head.chain == bindparam("of")))
_MOVE_HEAD: Final = One(
    _first.on_conflict_do_update(
        index_elements=[_head.chain], set_={"number": _first.excluded.number, "hash": _first.excluded.hash}
    )
)
_GET_KEY: Final = One(
    select(_key.key_number, _key.key).where(
        _key.kind == bindparam("kind"),
        _key.name == bindparam("name"),
        _key.management_code.is_not_distinct_from(bindparam("owner")),
    )
)
_ADD: Final = Many(insert(audit_tables.audit), [column.name for column in audit_tables.audit.c])
_whom: Final = select(_person.person_id, _person.name, _person.management_code, _person.telephone)
_ENDED = [state.value for state in ENDED]


class Audit(Scoped):
    """Tables `audit` and `audit_head`; keys are made when first needed."""

    def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        self._own([entry.management_code for entry in entries])
        heads: dict[str | None, tuple[int, bytes]] = {}
        known: dict[Whose, tuple[int, bytes | None]] = {}
        rows = []
        for entry in entries:
            code = entry.management_code
            number, previous = heads.get(code) or self._head(code)
            record = assemble(entry, number + 1, lambda personal, place, e=entry: self._seal(personal, place, e, known))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            hashed = follow_hash(previous, record)
            heads[code] = (number + 1, hashed)
            row = {"chain": chain_of(code), "number": number + 1, "management_code": code, "at": entry.at}
            rows.append(row | {"record": record.decode(), "hash": hashed.hex()})
        _ADD.run(self._on, rows)
        for code, (number, hashed) in heads.items():
            self._move_head(code, number, hashed)

    def _head(self, code: str | None) -> tuple[int, bytes]:
        row = _GET_HEAD.row(self._on, of=chain_of(code))
        return (0, BEGINNING) if row is None else (row[0], bytes.fromhex(row[1]))

    def _move_head(self, code: str | None, number: int, hashed: bytes) -> None:
        _MOVE_HEAD.row(self._on, chain=chain_of(code), management_code=code, number=number, hash=hashed.hex())

    def _seal(
        self, personal: Personal, place: str, entry: AuditEntry, known: dict[Whose, tuple[int, bytes | None]]
    ) -> Sealed:
        whose = personal.whose
        if whose not in known:
            known[whose] = self._key_of(whose, entry.at)
        number, key = known[whose]
        # Of somebody who was erased nothing is kept any more.
        return Sealed(key=number, sealed="" if key is None else sealing.seal(key, personal.text, place))

    def _key_of(self, whose: Whose, at: int) -> tuple[int, bytes | None]:
        row = _GET_KEY.row(self._on, kind=whose.kind, name=whose.name, owner=whose.management_code)
        if row is not None:
            return row[0], row[1]
        fresh = sealing.new_key()
        values = {"kind": whose.kind, "name": whose.name, "management_code": whose.management_code}
        made = insert(audit_tables.person_key).values(**values, key=fresh, made_at=at).returning(_key.key_number)
        return self._on.execute(made).scalar_one(), fresh


class Erasures(FreeText):
    """Table `person_key` at its end, and the rows in which a person can be read elsewhere."""

    erased = False
    """Whether something was erased, of which older pages must not stay behind once it is committed."""

    def erase_person(self, master_id: str, password_hash: str, at: int) -> bool:
        whose = (_person.master_id == master_id, *self._within(_person.management_code))
        row = self._on.execute(_whom.where(*whose)).first()
        if row is None or row[1] == "":
            return False
        self._overwrite(on=True)
        emptied = {"name": "", "password_hash": password_hash, "password_one_time": False}
        emptied |= {"organisation": "", "telephone": "", "mail": ""}
        self._on.execute(update(tables.person).where(*whose).values(**emptied))
        self._on.execute(delete(tables.token).where(tables.token.c.person_id == row[0]))
        # The row of the key stays under the Master ID: no new key is ever made for it.
        self._destroy(Whose.person(master_id, row[2]), {}, at)
        self._overwrite(on=False)
        if row[2] is not None:
            self.erase_named(row[2], row[1], at)
        self._overwrite(on=True)
        self.forget_person(master_id, row[2], row[1], at, [row[3]])
        self._overwrite(on=False)
        return True

    def erase_named(self, management_code: str, name: str, at: int) -> bool:
        self._own([management_code])
        self._overwrite(on=True)
        known = self._destroy(Whose.named(name, management_code), {"name": None}, at)
        numbers = self._forget_delegates(management_code, name, at)
        known = known or bool(numbers)
        numbers += telephones_of(self._on, management_code, name)
        for exchange, attendee, said_by in self._attended(management_code, name):
            said = None if said_by is None else said_by.replace(attendee, "").strip()
            chosen = update(case_tables.exchange).where(_exchange.exchange == exchange)
            self._on.execute(chosen.values(attendee="", swap_now_by=said))
            self._take_out(exchange, attendee)
            known = True
        known = forget_attendee(self._on, management_code, name) or known
        for called in self.forget_named(management_code, name, at, numbers):
            self._destroy(Whose.named(called, management_code), {"name": None}, at)
            known = True
        self._overwrite(on=False)
        return known

    def attends_open_exchange(self, management_code: str, name: str) -> bool:
        chosen = select(_exchange.attendee).where(
            _exchange.management_code == management_code, _exchange.state.not_in(_ENDED)
        )
        wanted = Whose.named(name, management_code)
        found = self._on.execute(chosen.where(*self._within(_exchange.management_code))).scalars()
        return any(Whose.named(attendee, management_code) == wanted for attendee in found)

    def _forget_delegates(self, management_code: str, name: str, at: int) -> list[str]:
        """Who is forgotten attends no more; their telephone numbers, one for each time they were named."""
        wanted = Whose.named(name, management_code)
        chosen = select(_delegate.number, _delegate.name, _delegate.telephone).where(
            _delegate.management_code == management_code, _delegate.name != ""
        )
        named = [row for row in self._on.execute(chosen).all() if Whose.named(row[1], management_code) == wanted]
        ended = func.coalesce(_delegate.ended_at, at)
        gone = update(delegate).where(_delegate.number.in_([row[0] for row in named]))
        self._on.execute(gone.values(name="", telephone="", end_reason="", ended_at=ended))
        return [row[2] for row in named]

    def _attended(self, management_code: str, name: str) -> list[tuple[int, str, str | None]]:
        wanted = Whose.named(name, management_code)
        chosen = select(_exchange.exchange, _exchange.attendee, _exchange.swap_now_by).where(
            _exchange.management_code == management_code, _exchange.attendee != ""
        )
        return [
            (exchange, attendee, said_by)
            for exchange, attendee, said_by in self._on.execute(chosen)
            if Whose.named(attendee, management_code) == wanted
        ]

    def _take_out(self, exchange: int, attendee: str) -> None:
        """Of who said "swap now" there remains through whom."""
        step = case_tables.exchange_step.c
        chosen = select(step.step, step.by).where(step.exchange == exchange, step.by.startswith(f"{attendee} through "))
        for number, by in self._on.execute(chosen).all():
            rest = by.removeprefix(attendee).strip()
            self._on.execute(update(case_tables.exchange_step).where(step.step == number).values(by=rest))

    def _destroy(self, whose: Whose, also: dict[str, Any], at: int) -> bool:
        gone = update(audit_tables.person_key).where(*_is(whose), _key.key.is_not(None))
        return self._on.execute(gone.values(key=None, destroyed_at=at, **also)).rowcount > 0

    def _overwrite(self, *, on: bool) -> None:
        """SQLite otherwise leaves what was deleted in the free parts of its pages."""
        self.erased = True
        if self._on.dialect.name == "sqlite":
            self._on.exec_driver_sql(f"PRAGMA secure_delete={'ON' if on else 'OFF'}")


def _is(whose: Whose) -> tuple[Any, ...]:
    code = whose.management_code
    owner = _key.management_code.is_(None) if code is None else _key.management_code == code
    return (_key.kind == whose.kind, _key.name == whose.name, owner)
