"""The questions of a guided triage: what to ask a site about a unit that fails, and what was answered.

Which answer counts: the later one of a source replaces its earlier one; sources that differ leave the question
unanswered, with both sides shown, until they agree. "Cannot say" is an answer: the question is not asked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.fault import Fault, FaultPhase
from servicehost.domain.people import Actor, Right, Role
from servicehost.domain.rule import Text

__all__ = [
    "MAX_NOTE",
    "QUESTIONS",
    "REPLY_TEXTS",
    "Answer",
    "AnswerSource",
    "Asked",
    "Question",
    "QuestionKind",
    "Reply",
    "TriageReply",
    "answered",
    "asked",
    "right_to_answer",
]

MAX_NOTE: Final = 1_000


class Question(StrEnum):
    """What can be asked, in the order in which it is asked of a unit that is silent."""

    SITE_POWER = "site_power"
    POWER_LAMP = "power_lamp"
    LINE_LAMP = "line_lamp"
    OTHERS_ONLINE = "others_online"
    POWER_CYCLED = "power_cycled"
    LAN_LAMP = "lan_lamp"
    MOVED = "moved"
    PRESENT = "present"
    OPENED = "opened"
    DROPPED = "dropped"
    WATER = "water"
    LIGHTNING = "lightning"


class Reply(StrEnum):
    """What can be answered; each question has a few of them, and `cannot_say` always."""

    YES = "yes"
    NO = "no"
    LIT = "lit"
    DARK = "dark"
    CAME_BACK = "came_back"
    NO_CHANGE = "no_change"
    NOT_DONE = "not_done"
    CANNOT_SAY = "cannot_say"


class AnswerSource(StrEnum):
    """Whose word an answer is."""

    SUPPORT_BY_PHONE = "support_by_phone"
    """Heard by one of the provider's people on the telephone."""
    OPERATION_MANAGER = "operation_manager"
    """Entered by the operation manager, in the panel or through the API."""


class QuestionKind(msgspec.Struct, frozen=True, kw_only=True):
    """A question in words, and its answers besides `cannot_say`, which comes last."""

    text: Text
    replies: tuple[Reply, ...]


class TriageReply(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says to a question; `note` in their own words."""

    question: Question
    reply: Reply
    note: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. `at` is when it was recorded, milliseconds; `note` is in the author's own words."""

    fault: int
    question: Question
    reply: Reply
    source: AnswerSource
    author: str
    at: int
    note: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How a question stands: the answers that count, oldest first, and what they come to."""

    question: Question
    answers: tuple[Answer, ...]

    @property
    def reply(self) -> Reply | None:
        """None: not asked yet, or the sources differ."""
        replies = {answer.reply for answer in self.answers}
        return next(iter(replies)) if len(replies) == 1 else None

    @property
    def differs(self) -> bool:
        """Whether it is unanswered because the sources differ."""
        return bool(self.answers) and self.reply is None


_YES_NO: Final = (Reply.YES, Reply.NO, Reply.CANNOT_SAY)
_LAMP: Final = (Reply.LIT, Reply.DARK, Reply.CANNOT_SAY)
_CYCLED: Final = (Reply.CAME_BACK, Reply.NO_CHANGE, Reply.NOT_DONE, Reply.CANNOT_SAY)


def _kind(replies: tuple[Reply, ...], ja: str, en: str) -> QuestionKind:
    return QuestionKind(text=Text(ja=ja, en=en), replies=replies)


QUESTIONS: Final[Mapping[Question, QuestionKind]] = {
    Question.SITE_POWER: _kind(
        _YES_NO,
        "設置場所には電気が来ていますか（照明や他の機器は動いていますか）。",
        "Is there power at the site: do lights and other equipment work?",
    ),
    Question.POWER_LAMP: _kind(
        _LAMP, "サービスアダプタの電源ランプは点灯していますか。", "Is the power lamp of the adapter lit?"
    ),
    Question.LINE_LAMP: _kind(
        _LAMP,
        "回線終端装置（ONUなど）の回線ランプは点灯していますか。",
        "Is the line lamp of the line's terminal (ONU or the like) lit?",
    ),
    Question.OTHERS_ONLINE: _kind(
        _YES_NO,
        "同じ回線につながる他の機器は、インターネットを利用できますか。",
        "Does other equipment on the same line reach the Internet?",
    ),
    Question.POWER_CYCLED: _kind(
        _CYCLED,
        "電源を入れ直しましたか。入れ直した場合、状態は変わりましたか。",
        "Was the adapter's power switched off and on, and did that change anything?",
    ),
    Question.LAN_LAMP: _kind(
        _LAMP, "サービスアダプタのLANランプは点灯していますか。", "Is the LAN lamp of the adapter lit?"
    ),
    Question.MOVED: _kind(
        _YES_NO,
        "最近、サービスアダプタやケーブルを移動したり、つなぎ替えたりしましたか。",
        "Was the adapter, or one of its cables, moved lately?",
    ),
    Question.PRESENT: _kind(
        _YES_NO, "サービスアダプタは設置場所にありますか。", "Is the adapter where it should stand?"
    ),
    Question.OPENED: _kind(
        _YES_NO,
        "サービスアダプタの筐体を開けたり、改造したりしたことはありますか。",
        "Was the adapter's case opened, or anything in it altered?",
    ),
    Question.DROPPED: _kind(
        _YES_NO,
        "サービスアダプタを落としたり、ぶつけたりしたことはありますか。",
        "Was the adapter dropped or knocked against something?",
    ),
    Question.WATER: _kind(
        _YES_NO, "サービスアダプタに水などがかかったことはありますか。", "Did water or the like get into the adapter?"
    ),
    Question.LIGHTNING: _kind(
        _YES_NO,
        "故障が起きた頃に、付近で落雷や停電、その他の災害がありましたか。",
        "Was there lightning, a power surge or another calamity nearby at that time?",
    ),
}
"""Every question, in the order of `Question`."""

REPLY_TEXTS: Final[Mapping[Reply, Text]] = {
    Reply.YES: Text(ja="はい", en="yes"),
    Reply.NO: Text(ja="いいえ", en="no"),
    Reply.LIT: Text(ja="点灯・点滅している", en="lit or blinking"),
    Reply.DARK: Text(ja="消灯している", en="dark"),
    Reply.CAME_BACK: Text(ja="入れ直して復旧した", en="done, and it came back"),
    Reply.NO_CHANGE: Text(ja="入れ直したが変わらない", en="done, without effect"),
    Reply.NOT_DONE: Text(ja="入れ直していない", en="not done"),
    Reply.CANNOT_SAY: Text(ja="わからない", en="cannot say"),
}
"""Each reply in words."""


def right_to_answer(actor: Actor) -> Right:
    """What somebody needs to answer: the customer speaks for the site, the provider's people for what they heard."""
    return Right.EXCHANGE if actor.role is Role.OPERATION_MANAGER else Right.TRIAGE


def asked(answers: Iterable[Answer]) -> Mapping[Question, Asked]:
    """How each question stands, asked or not, in the order of `Question`."""
    newest: dict[tuple[Question, AnswerSource], Answer] = {}
    for answer in sorted(answers, key=lambda one: one.at):
        newest[answer.question, answer.source] = answer
    return {question: Asked(question=question, answers=_counting(newest.values(), question)) for question in Question}


def _counting(newest: Iterable[Answer], question: Question) -> tuple[Answer, ...]:
    found: Sequence[Answer] = [answer for answer in newest if answer.question is question]
    return tuple(sorted(found, key=lambda one: (one.at, one.source)))


def answered(fault: Fault, said: TriageReply, actor: Actor, at: int) -> Answer:
    """The answer. Whose word it is follows from who enters it: nobody can claim to be another source.

    Raises Conflict `fault_closed`; Invalid `bad_answer` for a reply that the question does not have, `note_too_long`.
    """
    if fault.phase is FaultPhase.CLOSED:
        raise Conflict("fault_closed", f"Fault {fault.fault} is closed: {fault.reason}")
    replies = QUESTIONS[said.question].replies
    if said.reply not in replies:
        raise Invalid("bad_answer", f"{said.question} is answered by one of {', '.join(replies)}, not by {said.reply}")
    if len(said.note) > MAX_NOTE:
        raise Invalid("note_too_long", f"A note has at most {MAX_NOTE} characters")
    by_manager = actor.role is Role.OPERATION_MANAGER
    return Answer(
        fault=fault.fault,
        question=said.question,
        reply=said.reply,
        source=AnswerSource.OPERATION_MANAGER if by_manager else AnswerSource.SUPPORT_BY_PHONE,
        author=actor.master_id,
        at=at,
        note=said.note,
    )
