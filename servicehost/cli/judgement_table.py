"""A judgement as tables for people. Every state has a mark and a word; colour only repeats them."""

from collections.abc import Iterable
from typing import Final, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from servicehost.domain.charge import CHARGE_TEXTS
from servicehost.domain.explanation import FactLine, TraceLine
from servicehost.domain.judgement import VERDICT_TEXTS
from servicehost.domain.plain_verdict import behind_downgrade, downgrade_text
from servicehost.operations.judge_facts import JudgedFacts

MARKS: Final = {True: ("● yes", "bold red"), False: ("○ no", "green"), None: ("? unknown", "bold yellow")}


def write_table(judged: JudgedFacts, out: TextIO) -> None:
    """Write the verdict, the charge, and under each every rule; `▶` marks the line that decides."""
    console = Console(file=out, markup=False, highlight=False)
    method, charged = VERDICT_TEXTS[judged.method], CHARGE_TEXTS[judged.charge]
    console.print(Text(f"method: {judged.method}", style="bold"), f"  {method.ja}\n  {method.en}", sep="\n")
    behind = behind_downgrade(judged.method, judged.trace)
    if behind is not None:
        named = downgrade_text(behind)
        console.print(f"  {named.ja}\n  {named.en}")
    console.print(_table(judged.trace, "stands in the way"))
    console.print(Text(f"charge: {judged.charge}", style="bold"), f"  {charged.ja}\n  {charged.en}", sep="\n")
    console.print(_table(judged.charge_trace, "is charged"))


def _table(trace: Iterable[TraceLine], question: str) -> Table:
    table = Table(show_lines=True)
    table.add_column(f"rule ({question}?)", no_wrap=True)
    table.add_column(
        "理由 / why, and the facts used", overflow="fold"
    )  # Japanese has no spaces to break at: cut nothing
    decided = False
    for line in trace:
        decides = not decided and line.holds is not False
        decided = decided or decides
        table.add_row(_rule(line, "▶ " if decides else "  "), _why(line))
    return table


def _rule(line: TraceLine, pointer: str) -> Text:
    mark, style = MARKS[line.holds]
    return Text.assemble(f"{pointer}{line.code}\n  ", (mark, style))


def _why(line: TraceLine) -> Text:
    facts = "\n".join(_fact(name, fact) for name, fact in line.fact.items())
    return Text.assemble(f"{line.text_ja}\n{line.text_en}\n", (facts, "dim"))


def _fact(name: str, fact: FactLine) -> str:
    if not fact.statements:
        return f"{name}: not stated"
    said = (f"{_word(s.value)} ({s.source}, {s.author}, {s.time:%Y-%m-%d %H:%M %Z})" for s in fact.statements)
    return f"{name}: {' / '.join(said)}"


def _word(value: bool | str) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
