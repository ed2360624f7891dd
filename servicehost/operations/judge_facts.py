"""Judge the facts of a file: read it strictly, then run the judgement and the charge. Needs no server and no store."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from servicehost.domain.charge import Charge, charge
from servicehost.domain.explanation import TraceLine, explain
from servicehost.domain.fact import Fact, Facts
from servicehost.domain.fact_kind import FILE_FIELDS, KINDS, FactName, FactValue, Source
from servicehost.domain.judgement import judge
from servicehost.domain.rules import Verdict

LONGEST_SHOWN: Final = 60
"""Characters of a wrong field or value that a message repeats."""


class FactsFileError(ValueError):
    """A facts file that cannot be used. `problems` has a sentence for each thing wrong that says what to do about
    it."""

    def __init__(self, *problems: str) -> None:
        """Keep every problem: a person mends the file once."""
        super().__init__("\n".join(problems))
        self.problems = problems


class JudgedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict and a charge with every rule behind them. In both traces the first line that is not false decides."""

    method: Verdict
    charge: Charge
    trace: tuple[TraceLine, ...]
    charge_trace: tuple[TraceLine, ...]


def judge_facts(facts: Facts) -> JudgedFacts:
    """Judge any facts, none at all included; never raises."""
    judgement, charging = judge(facts), charge(facts)
    return JudgedFacts(
        method=judgement.verdict,
        charge=charging.charge,
        trace=explain(judgement.trace),
        charge_trace=explain(charging.trace),
    )


def read_facts(raw: bytes, *, syntax: Literal["json", "toml"], time: datetime, author: str) -> Facts:
    """Make facts of a file's bytes, each stated by `author` at `time` (aware) with the source `file`.

    A field left out is unknown. Raises `FactsFileError` naming every unknown field, unlisted value, field given
    twice, or the fault of syntax. Null is no value of any field: unknown is said in one way only, by leaving the
    field out.
    """
    fields = _parse(raw, syntax)
    problems = [problem for name, value in fields.items() if (problem := _problem(name, value))]
    if problems:
        raise FactsFileError(*problems)
    stated = ((FactName(name), value) for name, value in fields.items())
    return Facts(
        statements=tuple(Fact(name=n, value=_value(v), source=Source.FILE, time=time, author=author) for n, v in stated)
    )


def _parse(raw: bytes, syntax: Literal["json", "toml"]) -> Mapping[str, object]:
    try:
        text = raw.decode("utf-8-sig")
        parsed = tomllib.loads(text) if syntax == "toml" else json.loads(text, object_pairs_hook=_once_each)
    except FactsFileError:
        raise
    except RecursionError:
        raise FactsFileError("it is nested too deeply; write one flat object of fields") from None
    except ValueError as error:
        raise FactsFileError(f"it is not {syntax.upper()}: {error}; mend the syntax") from None
    if not isinstance(parsed, dict):
        raise FactsFileError(f"it holds {_shown(parsed)} where an object of fields is expected")
    return parsed


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise FactsFileError(*(f"{_shown(name)} is given more than once; keep one" for name in twice))
    return fields


def _problem(name: str, value: object) -> str | None:
    if name not in FILE_FIELDS:
        return f"{_shown(name)} is not a field of a facts file; the fields are {', '.join(FILE_FIELDS)}"
    kind = KINDS[FactName(name)]
    if kind.allows(value):
        return None
    listed = ", ".join(json.dumps(value) for value in kind.values)
    return f"{name} cannot be {_shown(value)}; use one of {listed}, or leave the field out if it is not known"


def _value(value: object) -> FactValue:
    return value if isinstance(value, bool) else str(value)


def _shown(value: object) -> str:
    """Repeat a wrong value on one line, escaped and cut."""
    text = json.dumps(value, default=str)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
