"""The list of a fleet's units."""

import json
from pathlib import Path

import pytest

from adapter_sim.inventory import InventoryError, UnitEntry, load_inventory

ID = "0001-0000-0000-000B-02E0-4DFF-FE10-0128"
ENTRY = {"distribution_id": ID.lower(), "model": "SA-W2", "serial": "A1", "token": "t"}


def loaded(tmp_path: Path, name: str, text: str) -> tuple[UnitEntry, ...]:
    path = tmp_path / name
    path.write_text(text)
    return load_inventory(path)


def test_toml_json_and_a_bare_list_say_the_same(tmp_path: Path) -> None:
    toml = "[[unit]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in ENTRY.items())
    wanted = (UnitEntry(distribution_id=ID, model="SA-W2", serial="A1", token="t"),)
    assert loaded(tmp_path, "a.toml", toml) == wanted
    assert loaded(tmp_path, "a.json", json.dumps({"unit": [ENTRY]})) == wanted
    assert loaded(tmp_path, "b.json", json.dumps([ENTRY])) == wanted
    assert wanted[0].model_serial == "SA-W2-A1"


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    entry = {**ENTRY, "certificate": "u.pem", "key": "/k/u.key"}
    (unit,) = loaded(tmp_path, "a.json", json.dumps([entry]))
    assert (unit.certificate, unit.key) == (str(tmp_path / "u.pem"), "/k/u.key")


@pytest.mark.parametrize(
    ("units", "named"),
    [
        ([{**ENTRY, "colour": 1}], r"`colour` - at `\$\[0\]`"),
        ([{**ENTRY, "distribution_id": "1"}], "not a Distribution ID"),
        ([{**ENTRY, "serial": "A-1"}], "serial .A-1. has a hyphen"),
        ([{**ENTRY, "serial": ""}], "not a model-serial"),
        ([{**ENTRY, "certificate": "u.pem"}], "certificate and key go together"),
        ([{**ENTRY, "birth_key": "b.key"}], "birth_certificate and birth_key go together"),
        ([ENTRY, ENTRY], "is listed twice"),
    ],
)
def test_a_fault_is_named_with_its_file(tmp_path: Path, units: list[dict[str, object]], named: str) -> None:
    with pytest.raises(InventoryError, match=rf"a\.json: .*{named}"):
        loaded(tmp_path, "a.json", json.dumps(units))
