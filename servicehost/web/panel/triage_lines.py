"""A guided triage as the pages show it: what is proposed and why, what is known and answered, what to ask next."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.evidence import TriageFinding
from servicehost.domain.evidence_words import evidence_lines
from servicehost.domain.rule import Text
from servicehost.domain.triage import Triage
from servicehost.domain.triage_question import QUESTIONS, REPLY_TEXTS, Answer, AnswerSource, Question, Reply
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.state_words import Badge

__all__ = [
    "AnswerSeen",
    "Decided",
    "Known",
    "QuestionSeen",
    "ReasonSeen",
    "ReplySeen",
    "TriageSeen",
    "read_reply",
    "triage_seen",
]


class ReasonSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is known, and whether it speaks for what is proposed."""

    mark: Badge
    words: Text


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is known; `at` is the instant it is about, milliseconds."""

    words: Text
    at: int | None


class AnswerSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What a site answered, by whose word and when."""

    question: Text
    reply: Text
    source: Text
    author: str
    at: int
    note: str


class ReplySeen(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that can be given; `value` says question and answer together, as a form sends them."""

    value: str
    words: Text


class QuestionSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A question with everything that can be answered."""

    words: Text
    replies: tuple[ReplySeen, ...]


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody found to be the cause; `instead` None: they followed what was proposed, or nothing was."""

    cause: Text
    author: str
    at: int
    instead: Text | None
    reason: str


class TriageSeen(msgspec.Struct, frozen=True, kw_only=True):
    """`ask` None: no answer would change what is proposed. `others`: every other question, answered or not."""

    proposal: Text
    reasons: tuple[ReasonSeen, ...]
    known: tuple[Known, ...]
    answers: tuple[AnswerSeen, ...]
    ask: QuestionSeen | None
    others: tuple[QuestionSeen, ...]
    decided: tuple[Decided, ...]

    @property
    def titles(self) -> Mapping[str, Text]:
        """What its parts are called."""
        return _TITLES


_TITLES: Final[Mapping[str, Text]] = {
    "triage": Text(ja="切り分け", en="Triage"),
    "reasons": Text(ja="推定の根拠", en="For and against"),
    "known": Text(ja="わかっていること", en="What is known"),
    "answers": Text(ja="いただいた回答", en="What was answered"),
    "decided": Text(ja="判断された原因", en="The cause as decided"),
    "ask": Text(ja="次に確認すること", en="Ask next"),
    "nothing": Text(ja="これ以上の質問では、推定は変わりません。", en="No further answer would change this."),
    "decides": Text(
        ja="これは推定です。原因は担当者が判断します。", en="This is a proposal: a person decides the cause."
    ),
}
_MARKS: Final[Mapping[bool | None, Badge]] = {
    True: Badge(sign="＋", word=Text(ja="裏付け", en="for"), tone="good"),
    False: Badge(sign="－", word=Text(ja="反証", en="against"), tone="warn"),
    None: Badge(sign="・", word=Text(ja="参考", en="noted"), tone="calm"),
}
_SOURCES: Final[Mapping[AnswerSource, Text]] = {
    AnswerSource.OPERATION_MANAGER: Text(ja="運用管理担当者", en="operation manager"),
    AnswerSource.SUPPORT_BY_PHONE: Text(ja="電話で確認", en="heard by phone"),
}


def triage_seen(triage: Triage) -> TriageSeen:
    """Plain, hashable values."""
    proposal = triage.proposal
    question = next(iter(proposal.ask), None)
    return TriageSeen(
        proposal=proposal.words,
        reasons=tuple(ReasonSeen(mark=_MARKS[one.speaks_for], words=one.words) for one in proposal.reasons),
        known=tuple(Known(words=line.words, at=line.at) for line in evidence_lines(triage.evidence)),
        answers=tuple(_answer(answer) for one in triage.questions for answer in one.answers),
        ask=None if question is None else _question(question),
        others=tuple(_question(one) for one in Question if one is not question),
        decided=tuple(_decided(one) for one in triage.findings),
    )


def read_reply(value: str) -> tuple[Question, Reply] | None:
    """The question and answer of a `ReplySeen.value`; None when it is none."""
    asked, _, reply = value.partition(":")
    if asked not in {one.value for one in Question} or reply not in {one.value for one in Reply}:
        return None
    return Question(asked), Reply(reply)


def _question(question: Question) -> QuestionSeen:
    kind = QUESTIONS[question]
    replies = tuple(ReplySeen(value=f"{question}:{one}", words=REPLY_TEXTS[one]) for one in kind.replies)
    return QuestionSeen(words=kind.text, replies=replies)


def _decided(finding: TriageFinding) -> Decided:
    against = finding.proposed is not None and finding.proposed != finding.cause
    return Decided(
        cause=reason_text(finding.cause),
        author=finding.author,
        at=finding.at,
        instead=reason_text(finding.proposed) if finding.proposed is not None and against else None,
        reason=finding.reason,
    )


def _answer(answer: Answer) -> AnswerSeen:
    return AnswerSeen(
        question=QUESTIONS[answer.question].text,
        reply=REPLY_TEXTS[answer.reply],
        source=_SOURCES[answer.source],
        author=answer.author,
        at=answer.at,
        note=answer.note,
    )
