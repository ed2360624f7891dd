"""The tables of PROTOCOL.md and the published schemas: generated, so that the page cannot lie.

`python -m protocol.document` says whether they are up to date; with `--write` it makes them so.
"""

import inspect
import json
import pathlib
import re
import sys
from collections.abc import Callable, Iterable
from typing import Final

from protocol import asking, schema, timing, version
from protocol.codes import CloseCode, ErrorCode, redial_slowly
from protocol.errors import MAX_ERROR_TEXT
from protocol.jws import read_signed
from protocol.location import MAX_HOSTS, MAX_LOCATION_BYTES, LocationFault
from protocol.messages import Redial
from protocol.session import STRUCTS
from protocol.states import Direction, Kind, State, next_state

__all__ = ["LOCATION_EXAMPLE", "PAGE", "SCHEMAS", "filled", "main", "schemas_text"]

PAGE: Final = pathlib.Path(__file__).parent.parent / "PROTOCOL.md"
SCHEMAS: Final = pathlib.Path(__file__).with_name("schemas.json")

LOCATION_EXAMPLE: Final = pathlib.Path(__file__).with_name("examples") / "location.jws"

_BLOCK: Final = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_LEADER: Final = re.compile(r"^(Unit -> host|Host -> unit|Either way), (request|notification|the answer[^.:]*)[,.:] ?")


def filled(page: str) -> str:
    """The page with every generated block made anew. Raises ValueError when a block is missing or unknown."""
    found = [match[2] for match in _BLOCK.finditer(page)]
    if sorted(found) != sorted(_BLOCKS):
        raise ValueError(f"the page must hold each block once: {', '.join(_BLOCKS)}; it holds {', '.join(found)}")
    return _BLOCK.sub(lambda match: f"{match[1]}{_BLOCKS[match[2]]()}{match[3]}", page)


def schemas_text() -> str:
    """What `protocol/schemas.json` must hold."""
    return json.dumps(schema.published(), indent=2, ensure_ascii=False) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _methods() -> str:
    calls = [kind for kind in Kind if kind.role in ("request", "notification") and kind is not Kind.HOST_GOODBYE]
    head = ("Method", "Said by", "Form", "Params", "Answer", "What it does")
    return _table(head, (_method_row(kind) for kind in calls))


def _method_row(kind: Kind) -> tuple[str, ...]:
    said_by = "unit" if kind.direction is Direction.UP else "host"
    struct = STRUCTS[kind]
    answers = [STRUCTS[each] for each in STRUCTS if each.method == kind.method and each.role in ("result", "answer")]
    answer = _link(answers[0].__name__) if answers else "none"
    by = "either" if kind is Kind.UNIT_GOODBYE else said_by
    return (f"`{kind.method}`", by, kind.role, _link(struct.__name__), answer, _purpose(struct))


def _purpose(struct: type) -> str:
    text = _LEADER.sub("", inspect.cleandoc(struct.__doc__ or "").split("\n\n")[0].replace("\n", " "))
    return text[:1].upper() + text[1:]


def _link(struct: str) -> str:
    return f"[{struct}](#{struct.lower()})"


def _states() -> str:
    rows = ((f"`{kind.method}` {kind.role}, {kind.direction.value}", *_moves(kind)) for kind in Kind)
    return _table(("Message", *(state.value for state in State)), rows)


def _moves(kind: Kind) -> tuple[str, ...]:
    after = (next_state(state, kind) for state in State)
    return tuple("—" if state is None else state.value for state in after)


def _messages() -> str:
    return "\n".join(_message(name, body) for name, body in schema.struct_schemas().items())


def _message(name: str, body: schema.Schema) -> str:
    fields = body["properties"]
    head = f"#### {name}\n\n{body['description']}\n"
    if not fields:
        return f"{head}\nNo fields: `{{}}`.\n"
    rows = ((f"`{field}`", _type(each), _default(each), each.get("description", "")) for field, each in fields.items())
    return f"{head}\n{_table(('Field', 'Type', 'Left out', 'Meaning'), rows)}"


def _default(field: schema.Schema) -> str:
    if "default" not in field:
        return "**required**"
    return "none" if field["default"] is None else f"`{json.dumps(field['default'])}`"


def _type(body: schema.Schema) -> str:
    if "$ref" in body:
        return _link(body["$ref"].rsplit("/", 1)[1])
    if "enum" in body:
        return " or ".join(f"`{value}`" for value in body["enum"])
    for several in ("anyOf", "allOf"):
        if several in body:
            return " or ".join(_type(each) for each in body[several] if each.get("type") != "null")
    return _plain_type(body)


def _plain_type(body: schema.Schema) -> str:
    match body["type"]:
        case "array":
            return f"list of {_at_most(body, 'maxItems')}{_type(body['items'])}"
        case "object":
            return f"object of {_at_most(body, 'maxProperties')}{_type(body['additionalProperties'])}"
        case "string" if body.get("format") == "date-time":
            return "time (RFC 3339)"
        case "string" if "pattern" in body:
            return f"text like `{body['pattern']}`"
        case "string":
            return "text" + (f" of at most {body['maxLength']}" if "maxLength" in body else "")
        case kind:
            low, high = body.get("minimum"), body.get("maximum")
            return str(kind) if low is None else f"{kind}, {low} to {high}"


def _at_most(body: schema.Schema, key: str) -> str:
    return f"at most {body[key]} " if key in body else ""


def _close_codes() -> str:
    rows = (
        (str(code.value), f"`{code.name.lower()}`", _redial(code), code.meaning)
        for code in sorted(CloseCode, key=lambda code: code.value)
    )
    return _table(("Code", "Name", "Dial again", "Meaning"), rows)


def _redial(code: CloseCode) -> str:
    pace = "slowly" if redial_slowly(code) else "soon"
    return pace if code.sent else f"{pace} (never sent: a name in the host's records)"


def _error_codes() -> str:
    return _table(
        ("Code", "Name", "Meaning"), ((str(code.value), f"`{code.name.lower()}`", code.meaning) for code in ErrorCode)
    )


def _limits() -> str:
    redial = Redial()
    return _table(
        ("What", "Limit"),
        (
            ("A whole message, reassembled, either way", f"{version.MAX_FRAME_BYTES} bytes, else close 1009"),
            ("WebSocket frames of one message", f"{version.MAX_FRAGMENTS}, else close 1009"),
            ("Text of an error", f"{MAX_ERROR_TEXT} characters; a longer one is cut"),
            ("A request's id", "text of at most 64 characters, or a whole number within ±(2^53 - 1)"),
            ("ClientHello, after the connection is accepted", f"{timing.CLIENT_HELLO_DUE_S} s"),
            ("TLS and WebSocket handshake, after the ClientHello", f"{timing.HANDSHAKE_DUE_S} s"),
            ("`hello`, after the WebSocket stands", f"{timing.GREETING_DUE_S} s, else close 4006"),
            ("No byte accepted by the peer", f"{timing.WRITE_STALL_S} s, else close 4003"),
            ("Between two reports, unless the welcome says otherwise", f"{timing.REPORT_INTERVAL_S} s"),
            ("Silence until the host sends a ping", f"{timing.PING_AFTER_S} s"),
            ("Silence after that ping until the host cuts the session", f"{timing.PONG_DUE_S} s, close 4002"),
            ("Location document, hosts in it", f"{MAX_LOCATION_BYTES} bytes, {MAX_HOSTS}"),
            (
                "Location, asked for again after no answer",
                f"{asking.ASK_FIRST_S // 2} to {asking.ASK_FIRST_S} s, doubling, up to {asking.ASK_CAP_S} s",
            ),
            ("The shortest wait a host that is full may ask for", f"{timing.MIN_BUSY_S} s"),
            ("Redial after a lost session, first round of hosts", f"0 to {redial.spread_s:g} s, at random"),
            ("Redial, each further round", f"twice the round before, up to {redial.cap_s / 2:g} to {redial.cap_s:g} s"),
            ("Slow redial, first attempt", f"{redial.slow_first_s:g} to {redial.slow_first_s * 2:g} s"),
            (
                "Slow redial, each further attempt",
                f"twice the one before, up to {redial.slow_cap_s / 2:g} to {redial.slow_cap_s:g} s",
            ),
        ),
    )


def _location_example() -> str:
    payload = json.loads(read_signed(LOCATION_EXAMPLE.read_bytes()).payload)
    payload["anchors"] = [f"{one[:32]}…{one[-27:]}" for one in payload["anchors"]]
    return f"```json\n{json.dumps(payload, indent=2, ensure_ascii=False)}\n```\n"


def _location_faults() -> str:
    return "".join(f"* `{fault}`\n" for fault in LocationFault)


_BLOCKS: Final[dict[str, Callable[[], str]]] = {
    "methods": _methods,
    "states": _states,
    "messages": _messages,
    "close-codes": _close_codes,
    "error-codes": _error_codes,
    "limits": _limits,
    "location-example": _location_example,
    "location-faults": _location_faults,
}


def main(arguments: list[str]) -> int:
    """0 when page and schemas are up to date, or were made so by `--write`; else 1."""
    wanted = {PAGE: filled(PAGE.read_text("utf-8")), SCHEMAS: schemas_text()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--write" in arguments:
            path.write_text(wanted[path], "utf-8")
        sys.stdout.write(f"{'written' if '--write' in arguments else 'out of date'}: {path.name}\n")
    return int(bool(stale) and "--write" not in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
