"""What stands in the examples of the OpenAPI document under each name: one installation, told the same everywhere.

A name may mean several kinds of value: the first that fits the field is taken. Enumerations, numbers and flags that
need no story are not listed.
"""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["AT", "BY_STRUCT", "RAW_BODIES", "WORDS"]

AT: Final = "2026-04-01T09:30:00Z"
_UNIT: Final = "0001-0000-0000-000B-02E0-4DFF-FE10-0001"
_SHA: Final = "sha256:" + "5f" * 32
_HEX: Final = "5F" * 32

WORDS: Final[Mapping[str, tuple[Any, ...]]] = {
    # who and what
    "management_code": ("nxm000000001",),
    "service_code": ("nxe000000001",),
    "service_codes": (["nxe000000001"],),
    "distribution_id": (_UNIT,),
    "unit": (_UNIT,),
    "old_unit_id": (_UNIT,),
    "model": ("SA-W2",),
    "serial": ("000123",),
    "model_serial": ("SA-W2-000123",),
    "master_id": ("MID00000001",),
    "actor": ("MID00000001",),
    "author": ("MID00000001",),
    "by": ("MID00000001", "carrier"),
    "name": ("Sato Hanako", "cause"),
    "label": ("Example Trading, all sites",),
    "memo": ("Osaka branch",),
    "attendee": ("Sato Hanako",),
    "role": ("operation_manager",),
    "address": ("192.0.2.17",),
    "addresses": (["192.0.2.17"],),
    "remote_address": ("192.0.2.17",),
    "host": ("host-1",),
    "hosts": (["wss://host-2.example"],),
    "moved_to": (["wss://host-2.example"],),
    "parameter": ("module 0",),
    # secrets that are shown or sent once
    "password": ("correct horse battery",),
    "new_password": ("a longer horse battery",),
    "one_time_password": ("shown-once-7Q2M",),
    "token": ("shat_shown_once",),
    # units, sessions, certificates
    "firmware": ("1.4.2",),
    "expected_firmware": ("1.4.2",),
    "boot_cause": ("power_on",),
    "ending": ("silent",),
    "tls_version": ("TLSv1.3",),
    "fingerprint": (_HEX,),
    "key_fingerprint": (_HEX,),
    "certificate": (_HEX,),
    "serial_number": ("4AB12F",),
    "substitution": ("renewed",),
    "life": ("bound", "lost"),
    "life_reason": ("unit_bound",),
    "health": ({"flash": "good"},),
    "cpu_percent": (12.5,),
    "memory_percent": (41.0,),
    "temperature_c": (38.5,),
    # configs and pushes
    "body": ("hostname osaka-1\n",),
    "digest": (_SHA,),
    "module": (0,),
    "phases": ({"confirmed": 11, "queued": 1},),
    "pushes": ({"confirmed": 11, "queued": 1},),
    # cases
    "area": ("Tokyo", "normal"),
    "evidence": ("flash alarm, then silence",),
    "component": ("flash",),
    "cause": ("natural", "exchange_requested"),
    "state": ("judged", "free", "due", "proposed", "attached"),
    "verdict": ("onsite_swap",),
    "verdict_ja": ("駆けつけ交換を実施します。",),
    "verdict_en": ("A driver swaps the unit on site.",),
    "charge_ja": ("費用は発生しません。",),
    "charge_en": ("Nothing is charged.",),
    "code": ("not_hardware",),
    "rule": ("not_hardware",),
    "rule_ja": ("機器の故障ではありません。",),
    "rule_en": ("The unit has not failed.",),
    "reasons": (["not_at_declared_location"],),
    "fact": ({"cause": {"value": "natural", "ask": None, "statements": []}}, "cause"),
    "value": ("natural",),
    "text_ja": ("機器は、あらかじめご申告いただいた機器設置場所にあります。",),
    "text_en": ("The unit stands at the installation location declared for the option.",),
    "fact_ja": ("故障の原因",),
    "fact_en": ("the cause",),
    "ask_ja": ("故障の切り分け担当",),
    "ask_en": ("triage",),
    "remedy_ja": ("機器設置場所を申告してください。",),
    "remedy_en": ("Declare the installation location.",),
    "ja": ("機器設置場所が申告されていません。",),
    "en": ("No installation location is declared.",),
    "location": ("東京都千代田区富士見 1-1", "declared"),
    "declared_location": ("東京都千代田区富士見 1-1",),
    "expected": ("1.4.2",),
    "found": ("1.4.2",),
    "text": ("There is no SA-W2 in stock",),
    "failure": ("dead_on_arrival", "no_spare"),
    "operation": ("reserve_unit",),
    # custody, returns, charges
    "depot": ("Tokyo East",),
    "place": ("Tokyo East",),
    "part": ("unit",),
    "part_ja": ("機器本体",),
    "part_en": ("the unit",),
    "holder": ("stock",),
    "holder_ja": ("倉庫",),
    "holder_en": ("in stock",),
    "reference": ("4123-5678-9012",),
    "currency": ("JPY",),
    "tax": ("excluded",),
    "total": (30_000,),
    "amount": (30_000,),
    # words of people
    "reason": ("asked for by telephone", "key_compromise"),
    "last_failed_reason": ("timeout",),
    "revoked_reason": ("superseded",),
    "bound_reason": ("installed",),
    "unbound_reason": ("exchange 1",),
    "note": ("agreed by telephone",),
    "kind": ("operator", "silence"),
    "why": ("exchange_swapped",),
    "way": ("token",),
    "sub_type": ("session_opened",),
    "severity": (6,),
    "status": ("ready",),
    "stays": (_HEX,),
    "leaves": (_HEX,),
    "next": (None,),
    "detail": ({"depot": "Tokyo East"}, "There is no adapter nxe000000001"),
    "outcome": ("confirmed", "accepted"),
    "clock_skew_ms": (-140,),
}
"""Values by the name of the field."""

BY_STRUCT: Final[Mapping[str, Mapping[str, Any]]] = {
    "ContractOrder": {"label": "Example Trading, all sites"},
    "FactOrder": {"name": "site", "value": "staffed"},
    "PushBody": {"service_codes": ["nxe000000001"], "reason": "opens the new office"},
    "TermsOrder": {"option": True, "declared_location": "東京都千代田区富士見 1-1", "coverage": "covered"},
    "ExchangeOrder": {
        "service_code": "nxe000000001",
        "attendee": "Sato Hanako",
        "site": "staffed",
        "location": "declared",
        "reason": "the unit does not start any more",
    },
    "SiteOrder": {"site": "unmanned", "reason": "closed over the holidays"},
    "LocationOrder": {"location": "東京都千代田区富士見 1-1"},
    "LogInOrder": {"master_id": "MID00000001", "password": "correct horse battery"},
    "EventAnswer": {"detail": {"epoch": 3, "boot_cause": "power_on"}},
}
"""Whole bodies, or single fields, where a name alone does not say enough: laid over what the names give."""

RAW_BODIES: Final[Mapping[str, str]] = {
    "importUnits": f"distribution_id,model,serial\r\n{_UNIT},SA-W2,000123\r\n",
    "exportCharges": "charge,exchange,service_code,rule,part,amount\r\n1,1,nxe000000001,rental_lost,unit,30000\r\n",
    "readAudit": '{"chain":"nxm000000001","number":1}\n',
    "readMetrics": "# TYPE sessions gauge\nsessions 12\n",
}
"""Bodies and answers that are plain text, by the name of the operation."""
