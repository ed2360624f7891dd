"""Bodies of requests about a triage. Optional fields are left out, never null."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from servicehost.domain.triage_question import MAX_NOTE, QUESTIONS, Question, Reply

__all__ = ["TRIAGE_RULES", "AnswerOrder"]

_TEXT: Final = r"^[^\x00-\x1f\x7f]*(?!\n)$"


class AnswerOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one question; `note` says more, in the caller's own words. Whose word it is follows from who
    calls: the operation manager's own, else what one of the provider's people heard by phone."""

    question: Question
    reply: Reply
    note: Annotated[str, Meta(max_length=MAX_NOTE, pattern=_TEXT)] = ""


TRIAGE_RULES: Final[dict[str, dict[str, Any]]] = {
    "AnswerOrder": {
        "anyOf": [
            {"properties": {"question": {"const": question.value}, "reply": {"enum": list(kind.replies)}}}
            for question, kind in QUESTIONS.items()
        ]
    }
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
