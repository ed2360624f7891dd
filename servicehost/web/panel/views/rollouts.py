"""Rollouts: all of them by where they stand, and one with its waves, its criteria, its plan and its members."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from servicehost.domain.errors import NotFound
from servicehost.domain.module import MAIN
from servicehost.domain.people import Right
from servicehost.domain.rollout import DEEDS, Member, MemberState, Rollout, RolloutDeed, RolloutState, is_possible
from servicehost.domain.rule import Text
from servicehost.operations.compare_configs import Which
from servicehost.ports.rollouts import RolloutView
from servicehost.web.panel.fleet_filter import selection_text
from servicehost.web.panel.language import fill
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.rollout_lines import BAR_WIDTH, criteria, wave_lines, whole_line
from servicehost.web.panel.rollout_page_words import ROLLOUT_WORDS
from servicehost.web.panel.rollout_states import MEMBER_STATES, PARTS, Part, member_reason
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.views.config import Difference, difference_between
from servicehost.web.panel.when_words import span_text, windows_text

__all__ = ["PATH", "offer_of", "show_rollout", "show_rollouts", "the_rollout"]

PATH: Final = "/panel/rollouts"
_PAGE: Final = 20
_MEMBERS: Final = 50
_STERN: Final = frozenset({RolloutDeed.HALT, RolloutDeed.ROLL_BACK})
_S = RolloutState
_SORTS: Final = {
    "under_way": ("rollouts_under_way", frozenset({_S.RUNNING, _S.ROLLING_BACK, _S.SCHEDULED})),
    "waiting": ("rollouts_waiting", frozenset({_S.WAITING_APPROVAL})),
    "paused": ("rollouts_paused", frozenset({_S.PAUSED})),
    "drafts": ("rollouts_drafts", frozenset({_S.DRAFT})),
    "ended": ("rollouts_ended", frozenset({_S.FINISHED, _S.HALTED, _S.ROLLED_BACK})),
}


async def show_rollouts(look: Look) -> View:
    """All, or those of one sort; the newest first."""
    asked, before = look.asked("state"), look.asked_number("before")
    _, states = _SORTS.get(asked, ("", frozenset()))
    found = await look.reads.rollouts(look.scope, states=states, after=before, limit=_PAGE + 1, newest_first=True)
    rows = found[:_PAGE]
    counts = await look.reads.rollout_counts(look.scope)
    values: dict[str, Any] = {
        "rows": [(one, whole_line(one), _why(one.rollout)) for one in rows],
        "customers": look.room.knowledge.customers,
        "bar_width": BAR_WIDTH,
        "filters": _filters(asked, counts),
        "people": await look.people([one.rollout.state_by for one in rows]),
        "first": _address(asked) if before else "",
        "following": _address(asked, rows[-1].rollout.rollout) if len(found) > _PAGE else "",
    }
    return View(template="rollouts.html", values=values)


def _filters(asked: str, counts: dict[str, int]) -> list[tuple[str, Text, int, bool]]:
    every = (_address(""), Text(ja="すべて", en="All"), sum(counts.values()), asked not in _SORTS)
    return [every] + [
        (_address(name), ROLLOUT_WORDS[word], sum(counts.get(state, 0) for state in states), name == asked)
        for name, (word, states) in _SORTS.items()
    ]


def _address(state: str, before: int = 0) -> str:
    asked = ({"state": state} if state else {}) | ({"before": str(before)} if before else {})
    return f"{PATH}?{urlencode(asked)}" if asked else PATH


def _why(rollout: Rollout) -> Text | None:
    """The host's reason in words, or what somebody wrote."""
    return None if rollout.reason is None else reason_text(rollout.reason)


async def the_rollout(look: Look) -> RolloutView:
    """The one of the address. Raises NotFound `rollout_not_found`."""
    view = await look.reads.rollout_view(look.scope, look.number("rollout"))
    if view is None:
        raise NotFound("rollout_not_found", "There is no such rollout")
    return view


async def show_rollout(look: Look) -> View:
    """Raises NotFound `rollout_not_found`."""
    view = await the_rollout(look)
    rollout = view.rollout
    values: dict[str, Any] = {
        "one": rollout,
        "why": _why(rollout),
        "customer": look.room.knowledge.customers.get(rollout.management_code, ""),
        "whole": whole_line(view),
        "waves": wave_lines(view),
        "bar_width": BAR_WIDTH,
        "criteria": criteria(view),
        "forgiven": fill(ROLLOUT_WORDS["stop_forgiven"], failed=rollout.forgiven_failed)
        if rollout.forgiven_failed
        else None,
        "content": _content(rollout),
        "sample": await _sample(look, rollout),
        "plan": await _plan(look, rollout),
        "deeds": _offers(look, rollout),
        "people": await look.people([rollout.author, rollout.starter, rollout.approved_by, rollout.state_by]),
        **await _members(look, view),
    }
    return View(template="rollout.html", values=values)


def _forgiven(rollout: Rollout) -> Text | None:
    failed = rollout.forgiven_failed
    return fill(ROLLOUT_WORDS["stop_forgiven"], failed=failed) if failed else None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A deed that is possible now. `stern`: it cannot be undone."""

    name: str
    word: Text
    follows: Text
    stern: bool


def offer_of(deed: RolloutDeed) -> Offer:
    """The deed in words."""
    word, follows = ROLLOUT_WORDS[f"deed_{deed.value}"], ROLLOUT_WORDS[f"{deed.value}_follows"]
    return Offer(name=deed.value, word=word, follows=follows, stern=deed in _STERN)


def _offers(look: Look, rollout: Rollout) -> list[Offer]:
    """For who may do them, or may under a consent, which the use case asks for."""
    if not (look.provider or look.may(Right.PUSH_CONFIG)):
        return []
    return [offer_of(deed) for deed in DEEDS if is_possible(rollout, deed)]


def _content(rollout: Rollout) -> Text:
    content = rollout.plan.content
    if content.module is None:
        return ROLLOUT_WORDS["content_working"]
    name = " ".join(one for one in (content.name, content.version) if one) or "－"
    return fill(ROLLOUT_WORDS["content_module"], module=content.module, name=name, size=f"{content.size_bytes:,}")


async def _sample(look: Look, rollout: Rollout) -> Difference | None:
    """What changes at the first site that gets it; None before the start, and where nobody does."""
    tried = frozenset(MemberState) - {MemberState.SKIPPED}
    member = next(iter(await look.reads.rollout_members(look.scope, rollout.rollout, states=tried, limit=1)), None)
    if member is None or member.revision is None:
        return None
    code, name = member.service_code, look.site(member.service_code).name
    before = await _former(look, member)
    if before is None:
        return Difference(title=Text(ja=name, en=name), why_not=ROLLOUT_WORDS["content_first"])
    module = rollout.plan.content.module or MAIN
    left, right = (Which(service_code=code, revision=one, module=module) for one in (before, member.revision))
    title = fill(ROLLOUT_WORDS["content_sample_of"], name=name, before=before, after=member.revision)
    return await difference_between(look, left, right, title)


async def _former(look: Look, member: Member) -> int | None:
    """What the rollout replaces at the site: as noted when its turn came, else what it starts with now."""
    if member.former_revision is not None or member.started_at is not None:
        return member.former_revision
    view = await look.reads.adapter(look.scope, member.service_code)
    return None if view is None else view.adapter.startup_revision


async def _plan(look: Look, rollout: Rollout) -> list[tuple[Text, Any, str]]:
    """Name, value, and where it leads to (empty: nowhere)."""
    plan = rollout.plan
    targets, link = await selection_text(look, plan.targets)
    pace = [fill(ROLLOUT_WORDS["plan_at_once"], count=plan.pace.concurrency)]
    if plan.pace.per_minute is not None:
        pace.append(fill(ROLLOUT_WORDS["plan_per_minute"], count=plan.pace.per_minute))
    soak = span_text(plan.gate.soak_s)
    percent = plan.gate.confirmed_percent
    waits = ROLLOUT_WORDS["plan_needs_approval" if plan.approval else "plan_no_approval"]
    return [
        (ROLLOUT_WORDS["plan_targets"], targets, link),
        (ROLLOUT_WORDS["plan_waves"], _waves(rollout), ""),
        (ROLLOUT_WORDS["plan_pace"], _joined(pace), ""),
        (ROLLOUT_WORDS["plan_gate"], fill(ROLLOUT_WORDS["plan_gate_is"], soak=soak, percent=percent), ""),
        (ROLLOUT_WORDS["plan_windows"], windows_text(plan.windows) or ROLLOUT_WORDS["plan_always"], ""),
        (ROLLOUT_WORDS["plan_approval"], waits, ""),
    ]


def _waves(rollout: Rollout) -> Text:
    named = [
        fill(ROLLOUT_WORDS["plan_percent"], percent=one.percent)
        if one.count is None
        else fill(ROLLOUT_WORDS["plan_count"], count=one.count)
        for one in rollout.plan.waves
    ]
    parts = [*named, ROLLOUT_WORDS["plan_rest"]]
    return Text(ja=" → ".join(one.ja for one in parts), en=" → ".join(one.en for one in parts))


def _joined(texts: Sequence[Text]) -> Text:
    return Text(ja="、".join(one.ja for one in texts), en=", ".join(one.en for one in texts))


async def _members(look: Look, view: RolloutView) -> dict[str, Any]:
    """Those of one part, failures first where nothing is asked for."""
    rollout, counts = view.rollout, {one.name: one.count for one in whole_line(view).slices}
    chosen = _chosen(look.asked("members"), counts)
    after = look.asked_number("after")
    found = await look.reads.rollout_members(
        look.scope, rollout.rollout, states=chosen.states, after=after, limit=_MEMBERS + 1
    )
    page = found[:_MEMBERS]
    here = f"{PATH}/{rollout.rollout}?members="
    return {
        "members": [(one, MEMBER_STATES[one.state], member_reason(one.reason) if one.reason else None) for one in page],
        "member_filters": [
            (f"{here}{part.name}#members", part.badge.word, counts[part.name], part is chosen) for part in PARTS
        ],
        "first": f"{here}{chosen.name}#members" if after else "",
        "following": f"{here}{chosen.name}&after={page[-1].position}#members" if len(found) > _MEMBERS else "",
    }


def _chosen(asked: str, counts: dict[str, int]) -> Part:
    named = next((part for part in PARTS if part.name == asked), None)
    telling = (part for name in ("failed", "in_flight", "waiting") for part in PARTS if part.name == name)
    return named or next((part for part in telling if counts[part.name]), PARTS[0])
