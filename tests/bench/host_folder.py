"""What a host is started on: settings, the authority of the load's certificates, a database with the whole fleet."""

import time
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from cryptography.hazmat.primitives import serialization
from sqlalchemy import Connection, insert

from servicehost.backends.sql import tables
from servicehost.backends.sql.migrate import migrate
from servicehost.backends.sql.writer import Writer, open_writer_engine
from tests.bench.identities import Identities, distribution_id, model_serial

MANAGER: Final = "MID-BENCH"
DISPATCHER: Final = "MID-DISPATCH"
PASSWORD: Final = "bench-bench-bench"
_CONTRACT: Final = "nxm000000001"

_SETTINGS: Final = """
[adapters_door]
addresses = ["127.0.0.1"]
port = 0
max_sessions = 20000

[bootstrap_door]
addresses = ["127.0.0.1"]
port = 0

[operators_door]
addresses = ["127.0.0.1"]
port = 0

[log]
level = "warning"
"""


def service_code(index: int) -> str:
    """The adapter that the unit with this index serves."""
    return f"nxe{index:09}"


async def make_host_folder(folder: Path, identities: Identities) -> Path:
    """Everything `servicehost serve` needs; answers the settings file."""
    folder.mkdir(mode=0o700)
    settings = folder / "servicehost.toml"
    settings.write_text(_SETTINGS)
    _write_authority(folder / "authority", identities)
    door = folder / "door"
    door.mkdir(mode=0o700)
    (door / "door.pem").write_bytes(identities.server_chain.read_bytes())
    _write_key(door / "door-key.pem", identities.server_key.read_bytes())
    database = folder / "store" / "servicehost.sqlite3"
    database.parent.mkdir(mode=0o700)
    migrate(database)
    writer = Writer(open_writer_engine(database))
    await writer.run(_fill, len(identities.contexts))
    await writer.close()
    return settings


def _write_authority(folder: Path, identities: Identities) -> None:
    folder.mkdir(mode=0o700)
    (folder / "root.pem").write_text(identities.authority.root_pem)
    (folder / "issuing.pem").write_text(identities.authority.issuing_pem)
    key = identities.authority.issuing.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_key(folder / "issuing-key.pem", key)


def _write_key(path: Path, key: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key)


def _fill(connection: Connection, units: int) -> None:
    now = int(time.time() * 1000)
    own = {"management_code": _CONTRACT}
    numbers = range(units)
    with connection.begin():
        connection.execute(insert(tables.management_contract).values(**own, label="Bench", created_at=now))
        person = {"master_id": MANAGER, "name": "Bench", "role": "operation_manager", "password_one_time": False}
        secret = {"password_hash": PasswordHasher().hash(PASSWORD)}
        connection.execute(insert(tables.person).values(**own, **person, **secret))
        dispatcher = person | {"master_id": DISPATCHER, "role": "dispatcher"}
        connection.execute(insert(tables.person).values(**dispatcher, **secret))
        connection.execute(insert(tables.unit), [_unit(number, now) for number in numbers])
        connection.execute(insert(tables.adapter), [_adapter(number, now) for number in numbers])
        connection.execute(insert(tables.binding), [_binding(number, now) for number in numbers])
        connection.execute(insert(tables.session), [_session(number) for number in numbers])


def _unit(number: int, now: int) -> dict[str, object]:
    model, _, serial = model_serial(number).rpartition("-")
    return {
        "unit_id": number + 1,
        "management_code": _CONTRACT,
        "distribution_id": distribution_id(number),
        "model": model,
        "serial": serial,
        "registered_at": now,
    }


def _adapter(number: int, now: int) -> dict[str, object]:
    return {
        "service_code": service_code(number),
        "management_code": _CONTRACT,
        "memo": f"site {number}",
        "created_at": now,
    }


def _binding(number: int, now: int) -> dict[str, object]:
    return {
        "number": number + 1,
        "management_code": _CONTRACT,
        "service_code": service_code(number),
        "unit_id": number + 1,
        "bound_at": now,
        "reason": "bench",
    }


def _session(number: int) -> dict[str, object]:
    row = {"unit_id": number + 1, "binding": number + 1, "epoch": 0, "host": "", "run": 0, "modules": "[]"}
    return row | {"management_code": _CONTRACT, "opened_at": 0, "heard_at": 0}
