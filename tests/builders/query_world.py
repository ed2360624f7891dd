"""A database full of adapters in every state, and what can be asked of each, judged in plain Python."""

import asyncio
import random
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, create_engine, insert

from servicehost.backends.sql import tables
from servicehost.backends.sql.case_tables import fault
from servicehost.backends.sql.group_tables import adapter_group, adapter_tag, group_member
from servicehost.backends.sql.reads import open_reads
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.module import ModuleMark
from servicehost.domain.presence import Presence
from servicehost.domain.push import Phase
from servicehost.domain.query import NO_UNIT, Field
from servicehost.ports.groups import Sorted
from servicehost.ports.reads import AdapterView
from servicehost.web.fleet_answers import Moment
from servicehost.web.identity_answers import ConfigStateAnswer
from tests.builders.databases import fresh_database
from tests.builders.query_meaning import AdapterFacts

__all__ = ["NAMES", "NOW", "TENANTS", "TEXTS", "QueryWorld"]

NOW: Final = 1_000_000
TENANTS: Final = ("nxm000000001", "nxm000000002")
TEXTS: Final = ("", "Osaka A", "osaka", "大阪 支店", "50%_x", 'a "b"\\')
NAMES: Final = ("West", "west ", "東", "a b")
_DIGESTS: Final = ("sha256:a", "sha256:b", "sha256:c")
_AGES: Final = (0, 14_000, 16_000, 64_000, 66_000, 500_000)


class QueryWorld:
    """Eighty adapters of two tenants, drawn by a seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._draw = random.Random(seed)
        self._database = fresh_database(folder)
        self._engine = create_engine(f"sqlite:///{self._database}")
        with self._engine.begin() as on:
            self._fill(on)
        self.facts: dict[str | None, dict[str, AdapterFacts]] = {
            tenant: asyncio.run(self._judged(Scope(management_code=tenant))) for tenant in (None, *TENANTS)
        }
        """By scope and service code."""

    def connect(self) -> Connection:
        """For the statements that are tried."""
        return self._engine.connect()

    def close(self) -> None:
        self._engine.dispose()

    def _fill(self, on: Connection) -> None:
        for host, age in (("h1", 1_000), ("h2", 16_000)):
            started = NOW - self._draw.choice(_AGES)
            row = {"host": host, "run": 2, "started_at": min(started, NOW - age), "renewed_at": NOW - age}
            on.execute(insert(tables.lease).values(row))
        for number, tenant in enumerate(TENANTS):
            on.execute(insert(tables.management_contract).values(management_code=tenant, label="", created_at=1))
            for name in NAMES:
                group = {"management_code": tenant, "name": name, "note": "", "version": 1, "made_at": 1, "made_by": ""}
                on.execute(insert(adapter_group).values(group))
            for index in range(40):
                self._adapter(on, tenant, f"nxe{number}000000{index:02d}")

    def _adapter(self, on: Connection, tenant: str, code: str) -> None:
        draw, mine = self._draw, {"management_code": tenant, "service_code": code}
        startup = draw.choice([None, *_DIGESTS])
        manifest = [ModuleMark(module=one, revision=1, digest=draw.choice(_DIGESTS), size_bytes=1) for one in (0, 1)]
        row = {
            "memo": draw.choice(TEXTS),
            "site_name": draw.choice(TEXTS),
            "created_at": 1,
            "startup_revision": None if startup is None else draw.randrange(1, 4),
            "startup_digest": startup,
            "startup_modules": draw.choice([None, msgspec.json.encode(manifest).decode()]) if startup else None,
            "item": draw.choice(["entry", "standby"]),
            "option": draw.random() < 0.5,
            "mobile": draw.random() < 0.5,
            "out_of_service_at": draw.choice([None, NOW - 1, NOW, NOW + 1]),
        }
        on.execute(insert(tables.adapter).values(mine | row))
        self._sorts(on, tenant, mine)
        if draw.random() < 0.3:
            opened = {"phase": draw.choice(["open", "closed"]), "opened_at": 1, "changed_at": 1}
            on.execute(insert(fault).values(mine | opened))
        for _ in range(draw.randrange(3)):
            self._push(on, mine)
        if draw.random() < 0.85:
            self._unit(on, mine, startup)

    def _sorts(self, on: Connection, tenant: str, mine: dict[str, Any]) -> None:
        first = 1 + TENANTS.index(tenant) * len(NAMES)
        for number in range(first, first + len(NAMES)):
            if self._draw.random() < 0.3:
                on.execute(insert(group_member).values(mine | {"number": number}))
        for name in NAMES:
            if self._draw.random() < 0.3:
                on.execute(insert(adapter_tag).values(mine | {"name": name, "value": self._draw.choice(TEXTS)}))

    def _push(self, on: Connection, mine: dict[str, Any]) -> None:
        phase = self._draw.choice(list(Phase))
        row = {
            "module": 0, "revision": 1, "digest": "d", "phase": phase.value, "ordered_by": "x", "ordered_at": 1,
            "changed_at": 1, "confirm_timeout_s": 1, "kind": self._draw.choice(["operator", "startup"]),
            "open_of": None if phase.ended else mine["service_code"],
        }  # fmt: skip
        on.execute(insert(tables.push).values(mine | row))

    def _unit(self, on: Connection, mine: dict[str, Any], startup: str | None) -> None:
        draw, code, tenant = self._draw, mine["service_code"], mine["management_code"]
        unit = {"distribution_id": code, "model": draw.choice(["SA-W2", "sa-w1"]), "serial": code, "registered_at": 1}
        number: int = on.execute(
            insert(tables.unit).values(unit | {"management_code": tenant}).returning(tables.unit.c.unit_id)
        ).scalar_one()
        on.execute(insert(tables.binding).values(mine | {"unit_id": number, "bound_at": 1, "reason": ""}))
        ended = draw.choice([*[None] * 12, *(NOW - age for age in _AGES)])
        session = {
            "epoch": draw.choice([0, *[1] * 8]),
            "host": draw.choice([*["h1"] * 8, "h2", "h3"]),
            "run": draw.choice([1, *[2] * 6]),
            "opened_at": 1,
            "heard_at": NOW - 10,
            "ended_at": ended,
            "ending": None if ended is None else draw.choice([None, "lost", "draining", "busy"]),
            "firmware": draw.choice([None, "4.10", "5.0"]),
            "modules": msgspec.json.encode(self._states(startup)).decode(),
        }
        on.execute(insert(tables.session).values({"unit_id": number, "management_code": tenant} | session))
        for _ in range(draw.randrange(3)):
            said = {"outcome": draw.choice(["refused", "broken", "welcomed"]), "at": NOW - draw.choice([5, 10, 20])}
            whose = {"unit_id": number, "management_code": draw.choice([tenant, None])}
            where = {"host": "h1", "remote_address": "", "reason": "revoked"}
            on.execute(insert(tables.attempt).values(said | whose | where))

    def _states(self, startup: str | None) -> list[ModuleState]:
        def mark() -> Mark | None:
            digest = self._draw.choice([None, *[startup] * 4, *_DIGESTS])
            return None if digest is None else Mark(revision=1, digest=digest)

        said = [
            ModuleState(
                module=one,
                running=mark(),
                confirmed=mark(),
                last_failed=mark(),
                trial=self._draw.choice([None, None, None, 3]),
            )
            for one in (0, 1)
        ]
        return self._draw.choice([[], said[:1], said, said[::-1]])

    async def _judged(self, scope: Scope) -> dict[str, AdapterFacts]:
        reads = open_reads(self._database)
        try:
            views = await reads.adapters(scope, limit=1_000)
            sorted_into = await reads.sorted_into(scope, [view.adapter.service_code for view in views])
            moment = Moment.of(await reads.leases(), NOW)
            cases = {
                "fault": {one.service_code for one in await reads.faults(EVERYTHING) if one.phase != "closed"},
                "push": {one.service_code for one in await reads.pushes(EVERYTHING) if not one.phase.ended},
            }
        finally:
            await reads.close()
        return {
            view.adapter.service_code: _facts(view, moment, sorted_into.get(view.adapter.service_code, Sorted()), cases)
            for view in views
        }


def _facts(view: AdapterView, moment: Moment, sorted_into: Sorted, cases: dict[str, set[str]]) -> AdapterFacts:
    adapter, unit = view.adapter, view.unit
    drift = view.drift
    ended = adapter.out_of_service_at is not None and adapter.out_of_service_at <= moment.now
    choices = {
        Field.PRESENCE: NO_UNIT if unit is None else moment.presence(unit.session).value,
        Field.DRIFT: "unknown" if drift is None else _word(bool(drift)),
        Field.ITEM: adapter.item.value,
        Field.OPTION: _word(adapter.option),
        Field.MOBILE: _word(adapter.mobile),
        Field.ENDED: _word(ended),
    }
    texts = {
        Field.CODE: adapter.service_code,
        Field.CONTRACT: adapter.management_code,
        Field.MEMO: adapter.memo,
        Field.SITE: adapter.site_name,
    }
    if unit is not None:
        choices[Field.STATE] = ConfigStateAnswer.of(unit, Presence(choices[Field.PRESENCE])).stage.value
        more = {Field.MODEL: unit.unit.model, Field.SERIAL: unit.unit.serial, Field.FIRMWARE: unit.firmware or ""}
        texts |= more
    holds = {
        "unit": unit is not None,
        "startup": view.startup is not None,
        "group": bool(sorted_into.groups),
        "tag": bool(sorted_into.tags),
        **{name: adapter.service_code in codes for name, codes in cases.items()},
    }
    return AdapterFacts(
        texts=texts,
        groups=frozenset(name for _, name in sorted_into.groups),
        tags={tag.name: tag.value for tag in sorted_into.tags},
        choices=choices,
        startup_revision=adapter.startup_revision or 0,
        holds=frozenset(name for name, held in holds.items() if held),
    )


def _word(yes: bool) -> str:
    return "yes" if yes else "no"
