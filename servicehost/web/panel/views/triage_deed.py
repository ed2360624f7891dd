"""Somebody answers a question of a guided triage on the page of its case."""

from typing import Final

from servicehost.domain.errors import Invalid
from servicehost.domain.triage_question import MAX_NOTE, TriageReply
from servicehost.web.panel.deeds import Deed
from servicehost.web.panel.forms import Form
from servicehost.web.panel.shell import Look
from servicehost.web.panel.triage_lines import read_reply
from servicehost.web.panel.views.case import show_fault

__all__ = ["ANSWER"]


async def _answer(look: Look, form: Form) -> str:
    said = read_reply(form.get("answer"))
    if said is None:
        raise Invalid("nothing_chosen", "Choose one of the answers")
    question, reply = said
    fault = look.number("fault")
    answer = TriageReply(question=question, reply=reply, note=form.line("note", MAX_NOTE))
    await look.cases.triage.answer(look.actor, fault, answer)
    return f"/panel/cases/fault-{fault}#triage"


ANSWER: Final = Deed(path="/panel/faults/{fault}/triage", name="triage_answered", shows=show_fault, do=_answer)
