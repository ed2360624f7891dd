"""The audit: what was done and decided, by whom and why, with what it was before; and whether its chain still holds."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import hdrs, web

from servicehost.domain.audit import ERASED, SYSTEM, Action, chain_of
from servicehost.domain.errors import Invalid, NotFound, Unauthenticated
from servicehost.domain.rule import Text
from servicehost.ports.audit import AuditLine
from servicehost.ports.overview import AuditFilter
from servicehost.web.panel import state_words
from servicehost.web.panel.audit_words import ACTIONS, AUDIT_WORDS, FAULTS, FIELDS, NOUNS, ROLES
from servicehost.web.panel.chains import Chains
from servicehost.web.panel.fact_words import VALUES
from servicehost.web.panel.reason_words import REASONS
from servicehost.web.panel.shell import HTML_HEADERS, Look, View, look_of, to_log_in
from servicehost.web.panel.state_words import Badge
from servicehost.web.panel.times import moment, read_local

__all__ = ["CHAINS", "Change", "changes_of", "send_audit", "show_audit"]

CHAINS: web.AppKey[Chains] = web.AppKey("panel_chains", Chains)
_PAGE: Final = 30
_AT_ONCE: Final = 500
_CUSTOMERS: Final = 500
"""So many can be chosen from; a chain beyond them is reached by its address."""
_DAY_MS: Final = 86_400_000
_LATEST_COUNT: Final = 10**11
"""What is more is an instant in milliseconds, not a number of things."""
_STATES: Final[Mapping[str, Mapping[str, Badge]]] = {
    "exchange": state_words.EXCHANGE_STATES,
    "fault": state_words.FAULT_PHASES,
    "return": state_words.RETURN_STATES,
    "charge": state_words.CHARGE_STATES,
}
"""By the noun of a record: what its `state` or `phase` may be."""
_OF_FIELDS: Final[Mapping[str, Mapping[str, Badge]]] = {
    "method": state_words.VERDICTS,
    "charge": state_words.CHARGES,
}
_UNIT: Final = re.compile(r"[0-9A-F]{4}(-[0-9A-F]{4}){7}")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field before and after; None: there was none, or is none."""

    name: Text
    before: Any
    after: Any


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    at: int
    action: Text
    actor: str
    role: Text | None
    source: Any
    subject: Text
    link: str
    reason: Any
    changes: tuple[Change, ...]
    hash: str


async def show_audit(look: Look) -> View:
    """Of the viewer's contract, or of the chain that one of the provider's people has chosen; the newest first."""
    chain, wanted, mark = _chain(look), _wanted(look), look.asked_number("before")
    found = await look.reads.audit_newest_first(look.scope, chain, wanted, before=mark, limit=_PAGE + 1)
    lines = [_line(look, one) for one in found[:_PAGE]]
    anew = look.asked("verify") == "anew"
    state = await look.request.app[CHAINS].look(look.reads, look.scope, chain, look.now, anew=anew)
    names = look.room.knowledge.customers
    values = {
        "chain": chain,
        "chain_name": _chain_name(chain, names),
        "chains": [(SYSTEM, AUDIT_WORDS["system_chain"]), *list(names.items())[:_CUSTOMERS]] if look.provider else [],
        "state": state,
        "fault_words": None if state.fault is None else FAULTS[state.fault.kind],
        "lines": lines,
        "actions": sorted(((str(action), words) for action, words in ACTIONS.items()), key=lambda one: one[1].ja),
        "nouns": [(name, words) for name, (_, words) in NOUNS.items()],
        "asked": {name: look.asked(name) for name in ("from", "to", "actor", "action", "noun")},
        "narrow": wanted != AuditFilter(),
        "export": f"/panel/audit.jsonl?{urlencode({'chain': chain})}",
        "again": f"/panel/audit?{urlencode({'chain': chain, 'verify': 'anew'})}",
        "people": await look.people([line.actor for line in lines]),
        "first": _address(look) if mark else "",
        "following": _address(look, lines[-1].number) if len(found) > _PAGE else "",
    }
    return View(template="audit.html", values=values)


def _chain(look: Look) -> str:
    """Raises NotFound `chain_not_found` for one that is not the viewer's to read."""
    chain = look.asked("chain") or chain_of(look.scope.management_code)
    if not look.provider and chain != look.scope.management_code:
        raise NotFound("chain_not_found", "There is no such audit, or it is not yours to read")
    return chain


def _chain_name(chain: str, names: Mapping[str, str]) -> Text:
    if chain == SYSTEM:
        return AUDIT_WORDS["system_chain"]
    name = names.get(chain)
    return AUDIT_WORDS["own_chain"] if name is None else Text(ja=name, en=name)


def _wanted(look: Look) -> AuditFilter:
    """Raises Invalid `time_malformed`."""
    noun, action = look.asked("noun"), look.asked("action")
    try:
        since, until = read_local(look.asked("from")), read_local(look.asked("to"))
    except ValueError as error:
        raise Invalid("time_malformed", "A day is written like 2026-04-01") from error
    return AuditFilter(
        since=since,
        before=None if until is None else until + _DAY_MS,
        actor=look.asked("actor"),
        action=Action(action) if action in set(Action) else None,
        subject=NOUNS[noun][0] if noun in NOUNS else "",
    )


def _address(look: Look, before: int = 0) -> str:
    kept = {name: look.asked(name) for name in ("chain", "from", "to", "actor", "action", "noun") if look.asked(name)}
    return f"/panel/audit?{urlencode(kept | ({'before': str(before)} if before else {}))}#records"


def _line(look: Look, line: AuditLine) -> _Line:
    record = msgspec.json.decode(line.record)
    subject, link = _subject(look, record["subject"])
    reason, noun = _personal(record["reason"], "reason", line), record["subject"].partition(" ")[0]
    return _Line(
        number=line.number,
        at=record["at"],
        action=ACTIONS.get(record["action"]) or Text(ja=record["action"], en=record["action"]),
        actor=record["actor"],
        role=None if record["role"] is None else ROLES.get(record["role"]),
        source=_personal(record["source"], "source", line),
        subject=subject,
        link=link,
        reason=_value("reason", reason, noun) if reason else None,
        changes=tuple(changes_of(record["before"], record["after"], line, noun)),
        hash=line.hash,
    )


def _subject(look: Look, subject: str) -> tuple[Text, str]:
    """In words, and where more of it is to be seen."""
    noun, _, number = subject.partition(" ")
    links = {"exchange": "/panel/cases/exchange-", "fault": "/panel/cases/fault-", "return": "/panel/returns/"}
    if number and noun in NOUNS:
        words = NOUNS[noun][1]
        named = Text(ja=f"{words.ja} {number}", en=f"{words.en} {number}")
        return named, f"{links[noun]}{number}" if noun in links and number.isdigit() else ""
    if subject.startswith("nxe"):
        name = look.site(subject).name
        return Text(ja=name, en=name), f"/panel/adapters/{subject}"
    plain = Text(ja=subject, en=subject)
    return plain, f"/panel/units/{subject}" if _UNIT.fullmatch(subject) else ""


def changes_of(
    before: Mapping[str, Any], after: Mapping[str, Any], line: AuditLine, noun: str = ""
) -> Iterator[Change]:
    """Field by field, in the order of the record; what stayed as it was, or is empty as before, is left out."""
    for name in dict.fromkeys([*before, *after]):
        one = _personal(before.get(name), f"before/{name}", line)
        other = _personal(after.get(name), f"after/{name}", line)
        if one != other and (one or other or one is False or other is False):
            words = FIELDS.get(name) or Text(ja=name, en=name)
            yield Change(name=words, before=_value(name, one, noun), after=_value(name, other, noun))


def _personal(value: Any, path: str, line: AuditLine) -> Any:
    """What a sealed value says to this viewer."""
    if isinstance(value, dict) and value.keys() == {"key", "sealed"}:
        said = line.personal.get(path)
        if said is None:
            return AUDIT_WORDS["hidden_value"]
        return AUDIT_WORDS["erased_value"] if said == ERASED else said
    if isinstance(value, dict):
        return {name: _personal(one, f"{path}/{name}", line) for name, one in value.items()}
    if isinstance(value, list):
        return [_personal(one, f"{path}/{place}", line) for place, one in enumerate(value)]
    return value


def _value(name: str, value: Any, noun: str = "") -> Any:
    """As people read it: a text in words where there are any, an instant as a time, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "－"
    if isinstance(value, bool):
        return VALUES[value]
    if isinstance(value, int):
        return moment(value) if name.endswith("_at") and value > _LATEST_COUNT else f"{value:,}"
    if isinstance(value, str):
        return _worded(name, value, noun)
    return value if isinstance(value, Text) else _joined(name, value)


def _worded(name: str, value: str, noun: str) -> Any:
    """A stable word in the words of its field; what is none of ours as it is."""
    badges = _STATES.get(noun, {}) if name in ("state", "phase") else _OF_FIELDS.get(name, {})
    if value in badges:
        return badges[value].word
    return VALUES.get(value) or REASONS.get(value) or FIELDS.get(value) or value


def _joined(name: str, value: Any) -> Text:
    parts = [_value(name, one) for one in value] if isinstance(value, list) else _pairs(value)
    texts = [one if isinstance(one, Text) else Text(ja=str(one), en=str(one)) for one in parts]
    return Text(ja="、".join(one.ja for one in texts), en=", ".join(one.en for one in texts))


def _pairs(value: Mapping[str, Any]) -> Sequence[Text]:
    found = []
    for name, one in value.items():
        said, words = _value(name, one), FIELDS.get(name) or Text(ja=name, en=name)
        text = said if isinstance(said, Text) else Text(ja=str(said), en=str(said))
        found.append(Text(ja=f"{words.ja}: {text.ja}", en=f"{words.en}: {text.en}"))
    return found


async def send_audit(request: web.Request) -> web.StreamResponse:
    """A whole chain as JSON lines, as the API has them. Raises NotFound `chain_not_found`."""
    try:
        look = await look_of(request)
    except Unauthenticated as refused:
        return to_log_in(refused)
    chain = _chain(look)
    headers = {
        **HTML_HEADERS,
        hdrs.CONTENT_TYPE: "application/x-ndjson",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="audit-{re.sub("[^a-z0-9]", "", chain)}.jsonl"',
    }
    return web.Response(body=_parts(look, chain), headers=headers)


async def _parts(look: Look, chain: str) -> AsyncIterator[bytes]:
    """Some hundreds at a time: never the whole chain in memory."""
    after = 0
    while lines := await look.reads.audit(look.scope, chain, after=after, limit=_AT_ONCE):
        yield b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        after = lines[-1].number
