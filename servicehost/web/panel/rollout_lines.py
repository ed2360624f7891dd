"""How far a rollout is, wave by wave, and where it stands against its stop criteria: counts, as bars and in words."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.rollout import Rollout, Tally
from servicehost.domain.rollout_rules import Verdict, gate_verdict, stop_counts, stop_reason
from servicehost.domain.rule import Text
from servicehost.ports.rollouts import RolloutView
from servicehost.web.panel.language import fill
from servicehost.web.panel.rollout_page_words import ROLLOUT_WORDS
from servicehost.web.panel.rollout_states import GATE_VERDICTS, PARTS
from servicehost.web.panel.state_words import Badge

__all__ = ["BAR_WIDTH", "Criterion", "WaveLine", "criteria", "sentence", "wave_lines", "whole_line"]

BAR_WIDTH: Final = 600
_NOT_REACHED: Final = Badge(sign="✓", word=ROLLOUT_WORDS["stop_not_reached"], tone="good")
_REACHED: Final = Badge(sign="▲", word=ROLLOUT_WORDS["stop_reached"], tone="bad")
_TOO_FEW: Final = Badge(sign="…", word=ROLLOUT_WORDS["stop_too_few"], tone="busy")


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a bar: how many, and from where it is drawn, how wide, of `BAR_WIDTH`."""

    name: str
    badge: Badge
    count: int
    x: float
    width: float


class WaveLine(msgspec.Struct, frozen=True, kw_only=True):
    """One wave, or all: who of its members stands where. `now`: it is the one that is tried."""

    name: Text
    size: int
    slices: tuple[Slice, ...]
    now: bool = False
    tried: bool = True
    """False for those who were skipped at the start."""


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One stop criterion. `value` of `most` is drawn as a bar."""

    name: Text
    stands: Text
    limit: Text
    badge: Badge
    value: float
    most: float


def wave_lines(view: RolloutView) -> list[WaveLine]:
    """In the order of the waves; last those who were skipped at the start, if there are any."""
    tried = [
        WaveLine(
            name=fill(ROLLOUT_WORDS["rollout_wave"], wave=wave),
            size=tally.size,
            slices=_slices(tally),
            now=wave == view.rollout.wave,
        )
        for wave, tally in sorted(view.tallies.items())
        if wave
    ]
    skipped = view.tallies.get(0)
    if skipped is None:
        return tried
    return [
        *tried,
        WaveLine(name=ROLLOUT_WORDS["rollout_skipped_first"], size=skipped.size, slices=_slices(skipped), tried=False),
    ]


def whole_line(view: RolloutView) -> WaveLine:
    """All members together."""
    total = _total(view)
    return WaveLine(name=ROLLOUT_WORDS["rollout_whole"], size=total.size, slices=_slices(total))


def criteria(view: RolloutView) -> list[Criterion]:
    """Those that the plan has; none before the start."""
    rollout, total = view.rollout, _total(view)
    if not total.size:
        return []
    failed, tried = stop_counts(rollout, total)
    found = [_by_number(rollout, total, failed), _by_share(rollout, total, failed, tried), _gate(view)]
    return [one for one in found if one is not None]


def _total(view: RolloutView) -> Tally:
    return Tally.sum_of(list(view.tallies.values()))


def _slices(tally: Tally) -> tuple[Slice, ...]:
    slices, x = [], 0.0
    for part in PARTS:
        count = tally.of(*part.states)
        width = BAR_WIDTH * count / max(1, tally.size)
        slices.append(Slice(name=part.name, badge=part.badge, count=count, x=x, width=width))
        x += width
    return tuple(slices)


def _by_number(rollout: Rollout, total: Tally, failed: int) -> Criterion | None:
    most = rollout.plan.stop.failed
    if most is None:
        return None
    reached = stop_reason(rollout, total, rollout.plan.stop) == "too_many_failed"
    return Criterion(
        name=ROLLOUT_WORDS["stop_failed"],
        stands=fill(ROLLOUT_WORDS["rollout_sites"], count=failed),
        limit=fill(ROLLOUT_WORDS["rollout_sites"], count=most),
        badge=_REACHED if reached else _NOT_REACHED,
        value=failed,
        most=most,
    )


def _by_share(rollout: Rollout, total: Tally, failed: int, tried: int) -> Criterion | None:
    stop = rollout.plan.stop
    if stop.failed_percent is None:
        return None
    only = msgspec.structs.replace(stop, failed=None)
    reached, few = stop_reason(rollout, total, only) is not None, tried < stop.at_least
    judged = fill(ROLLOUT_WORDS["stop_from"], count=stop.at_least)
    return Criterion(
        name=ROLLOUT_WORDS["stop_share"],
        stands=_share(failed, tried),
        limit=Text(ja=f"{stop.failed_percent}%{judged.ja}", en=f"{stop.failed_percent} % {judged.en}"),
        badge=_REACHED if reached else _TOO_FEW if few else _NOT_REACHED,
        value=100 * failed / max(1, tried),
        most=stop.failed_percent,
    )


def _gate(view: RolloutView) -> Criterion | None:
    rollout = view.rollout
    tally = view.tallies.get(rollout.wave)
    if tally is None or rollout.undoing:
        return None
    gate, confirmed = rollout.plan.gate, tally.of(*PARTS[0].states)
    verdict = gate_verdict(tally, gate) if rollout.gate_waived < rollout.wave else Verdict.PASSED
    return Criterion(
        name=fill(ROLLOUT_WORDS["stop_gate"], wave=rollout.wave),
        stands=_share(confirmed, tally.tried),
        limit=Text(ja=f"{gate.confirmed_percent}%以上で次へ", en=f"on at {gate.confirmed_percent} %"),
        badge=GATE_VERDICTS[verdict],
        value=100 * confirmed / max(1, tally.tried),
        most=100,
    )


def _share(part: int, whole: int) -> Text:
    if not whole:
        return Text(ja="－", en="－")
    percent = f"{100 * part / whole:.0f}"
    return Text(ja=f"{percent}%（{part}／{whole}）", en=f"{percent} % ({part} of {whole})")


def sentence(slices: Sequence[Slice]) -> Text:
    """The counts that are not nought, in words."""
    told = [one for one in slices if one.count]
    return Text(
        ja="、".join(f"{one.badge.word.ja} {one.count}" for one in told),
        en=", ".join(f"{one.count} {one.badge.word.en}" for one in told),
    )
