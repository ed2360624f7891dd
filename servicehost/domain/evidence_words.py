"""The evidence of a fault in words, for whoever decides: a line for each thing that is known, Japanese and English."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from servicehost.domain.evidence import Evidence, Nearness, NeighbourCount, OurTrouble
from servicehost.domain.presence import Presence
from servicehost.domain.rule import Text
from servicehost.domain.symptom import SymptomKind

__all__ = ["EvidenceLine", "evidence_lines"]


class EvidenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is known. `at` is the instant that it is about, milliseconds; None when it is about none."""

    words: Text
    at: int | None = None


_KINDS: Final[Mapping[SymptomKind, Text]] = {
    SymptomKind.HARDWARE_ALARM: Text(ja="ハードウェア異常の通知", en="hardware alarm"),
    SymptomKind.SELF_TEST_FAILED: Text(ja="自己診断の失敗", en="failed self-test"),
    SymptomKind.BOOT_LOOP: Text(ja="起動の繰り返し", en="loop of starts"),
    SymptomKind.SILENCE: Text(ja="通信の途絶", en="silence"),
}
_STANDING: Final[Mapping[Presence, Text]] = {
    Presence.CONNECTED: Text(ja="現在、機器と通信できています", en="the unit is heard now"),
    Presence.DISCONNECTED: Text(ja="現在、機器と通信できていません", en="the unit is not heard now"),
    Presence.UNKNOWN: Text(ja="現在、機器の状態を確認できません", en="it is not known whether the unit can be heard"),
    Presence.NEVER: Text(ja="機器と通信したことがありません", en="the unit was never heard"),
}
_TROUBLE: Final[Mapping[OurTrouble, Text]] = {
    OurTrouble.HOST_GONE: Text(ja="接続先のホストが応答していません", en="the host that held its session is gone"),
    OurTrouble.HOST_RESTARTED: Text(ja="ホストが起動した直後です", en="the host has just started"),
    OurTrouble.HOST_LET_GO: Text(
        ja="ホスト側の都合で接続を終了しました", en="the host ended the session for a reason of its own"
    ),
}
_NEAR: Final[Mapping[Nearness, Text]] = {
    Nearness.SITE: Text(ja="同じ設置場所", en="same site"),
    Nearness.NETWORK: Text(ja="同じ回線", en="same line"),
    Nearness.CONTRACT: Text(ja="同じ契約の他の拠点", en="elsewhere in the contract"),
}


def evidence_lines(evidence: Evidence) -> tuple[EvidenceLine, ...]:
    """Everything that is known, the symptoms first; what is not known has no line."""
    return (
        *_symptoms(evidence),
        *_hearing(evidence),
        *_boots(evidence),
        *_reports(evidence),
        *map(_neighbours, evidence.neighbours),
        *_changes(evidence),
    )


def _line(ja: str, en: str, at: int | None = None) -> EvidenceLine:
    return EvidenceLine(words=Text(ja=ja, en=en), at=at)


def _symptoms(evidence: Evidence) -> Iterator[EvidenceLine]:
    for one in evidence.symptoms:
        kind = _KINDS[one.kind]
        what = "、".join(part for part in (one.component, one.evidence) if part)
        said = ", ".join(part for part in (one.component, one.evidence) if part)
        yield _line(
            f"{kind.ja}{f'（{what}）' if what else ''} {one.times}回",
            f"{kind.en}{f' ({said})' if said else ''}, {one.times} times",
            one.first_at,
        )


def _hearing(evidence: Evidence) -> Iterator[EvidenceLine]:
    standing = _STANDING[evidence.presence]
    ended = evidence.ending if evidence.presence is not Presence.CONNECTED else None
    yield _line(
        f"{standing.ja}{f'（前回の切断: {ended}）' if ended else ''}",
        f"{standing.en}{f' (last session ended: {ended})' if ended else ''}",
        evidence.silent_since or evidence.heard_at,
    )
    if evidence.our_trouble is not None:
        words = _TROUBLE[evidence.our_trouble]
        yield _line(words.ja, words.en)


def _boots(evidence: Evidence) -> Iterator[EvidenceLine]:
    if evidence.boot_cause is not None:
        yield _line(f"直前の起動の要因: {evidence.boot_cause}", f"cause of the last start: {evidence.boot_cause}")
    if evidence.boots:
        count = len(evidence.boots)
        yield _line(f"最近の起動: {count}回", f"starts lately: {count}", evidence.boots[-1].at)


def _reports(evidence: Evidence) -> Iterator[EvidenceLine]:
    status = evidence.status
    if status is not None:
        failing = ", ".join(sorted(name for name, state in status.health.items() if state != "ok"))
        warm = "" if status.temperature_c is None else f"{status.temperature_c:.1f}"
        figures = f"CPU {status.cpu_percent:.0f}%"
        yield _line(
            f"最後の報告: 稼働{status.uptime_s}秒、{figures}、メモリ {status.memory_percent:.0f}%"
            f"{f'、温度 {warm}℃' if warm else ''}、{f'異常 {failing}' if failing else '各部正常'}",
            f"last report: up {status.uptime_s} s, {figures}, memory {status.memory_percent:.0f}%"
            f"{f', {warm} degrees' if warm else ''}, {f'not well: {failing}' if failing else 'every part well'}",
            status.reported_at,
        )
    if evidence.gaps_ms:
        gaps = ", ".join(f"{gap / 1000:.0f}" for gap in evidence.gaps_ms)
        yield _line(f"最後の報告の間隔（秒）: {gaps}", f"seconds between its last reports: {gaps}")


def _neighbours(count: NeighbourCount) -> EvidenceLine:
    near = _NEAR[count.nearness]
    return _line(
        f"{near.ja}のアダプタ: 通信中 {count.heard}、同時に途絶 {count.gone_together}、"
        f"別の時刻に途絶 {count.gone}、不明 {count.unknown}",
        f"adapters, {near.en}: heard {count.heard}, gone at the same time {count.gone_together}, "
        f"gone at another {count.gone}, not known {count.unknown}",
    )


def _changes(evidence: Evidence) -> Iterator[EvidenceLine]:
    push = evidence.push
    if push is not None:
        yield _line(
            f"直前のコンフィグ反映: プッシュ{push.push}（リビジョン{push.revision}、{push.phase}、{push.ordered_by}）",
            f"config shortly before: push {push.push} (revision {push.revision}, {push.phase}, {push.ordered_by})",
            push.changed_at,
        )
    if evidence.attempts:
        newest = evidence.attempts[0]
        count = len(evidence.attempts)
        yield _line(
            f"異常が始まった後の接続の試み: {count}回（最後の結果: {newest.reason}）",
            f"attempts to dial since: {count} (the last: {newest.reason})",
            newest.at,
        )
    if evidence.certificate_trouble is not None:
        word = evidence.certificate_trouble
        yield _line(f"証明書の問題: {word}", f"trouble with its certificate: {word}", evidence.certificate_ends_at)
