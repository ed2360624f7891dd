"""Answers of the API about what people have decided otherwise: overridden verdicts, and units taken all the same."""

import msgspec

from servicehost.domain.compatibility import Misfit
from servicehost.domain.exchange import Judged
from servicehost.domain.instant import rfc3339
from servicehost.domain.judgement import VERDICT_TEXTS
from servicehost.domain.override import Override, override_text
from servicehost.domain.rules import Verdict
from servicehost.domain.spare import Reservation
from servicehost.web.answers import Time, time_or_none

__all__ = ["OverrideAnswer", "OverrideRecord", "ReservationAnswer"]


class OverrideAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A dispatcher's word over the rules that is in force; the texts say both, and why."""

    verdict: Verdict
    reason: str
    at: Time
    by: str
    text_ja: str
    text_en: str

    @classmethod
    def of_judged(cls, judged: Judged) -> "OverrideAnswer | None":
        word = judged.override
        if word is None:
            return None
        text = override_text(VERDICT_TEXTS[judged.method], word, VERDICT_TEXTS[word.verdict])
        return cls(
            verdict=word.verdict, reason=word.reason, at=rfc3339(word.at), by=word.by, text_ja=text.ja, text_en=text.en
        )


class OverrideRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a dispatcher over what the rules said then (`ruled`); `withdrawn_*`: it was taken back."""

    verdict: Verdict
    ruled: Verdict
    reason: str
    at: Time
    by: str
    withdrawn_at: Time | None
    withdrawn_by: str | None
    withdrawn_reason: str | None

    @classmethod
    def of(cls, override: Override) -> "OverrideRecord":
        return cls(
            verdict=override.verdict,
            ruled=override.ruled,
            reason=override.reason,
            at=rfc3339(override.at),
            by=override.by,
            withdrawn_at=time_or_none(override.withdrawn_at),
            withdrawn_by=override.withdrawn_by,
            withdrawn_reason=override.withdrawn_reason,
        )


class ReservationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit was set aside: how it was chosen, what of it does not fit, and why it was taken all the same (`override`;
    empty: nothing stood in its way)."""

    distribution_id: str
    depot: str
    at: Time
    by: str
    why_ja: str
    why_en: str
    misfits: list[Misfit]
    override: str

    @classmethod
    def of(cls, reservation: Reservation) -> "ReservationAnswer":
        return cls(
            distribution_id=reservation.distribution_id,
            depot=reservation.depot,
            at=rfc3339(reservation.at),
            by=reservation.by,
            why_ja=reservation.why.ja,
            why_en=reservation.why.en,
            misfits=list(reservation.misfits),
            override=reservation.override,
        )
