"""What is done with a rollout: each deed asks first, and says what will follow."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from servicehost.domain.rollout import Rollout, RolloutDeed
from servicehost.domain.rule import Text
from servicehost.operations.preview_rollout import RolloutPreview
from servicehost.operations.rollouts_catalogue import RolloutsCatalogue
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.forms import Form
from servicehost.web.panel.language import fill
from servicehost.web.panel.rollout_lines import sentence, whole_line
from servicehost.web.panel.rollout_page_words import ROLLOUT_WORDS
from servicehost.web.panel.rollout_states import member_reason
from servicehost.web.panel.shell import Look
from servicehost.web.panel.views.rollouts import PATH, offer_of, show_rollout, the_rollout

__all__ = ["ROLLOUT_DEEDS"]

_Do = Callable[[RolloutsCatalogue, Look, Form], Awaitable[Rollout]]


def _back(look: Look) -> str:
    return f"{PATH}/{look.number('rollout')}"


def _asks(deed: RolloutDeed) -> Callable[[Look, Form], Awaitable[Question]]:
    async def ask(look: Look, form: Form) -> Question:
        view = await the_rollout(look)
        lines: list[tuple[Text, Any]] = [(ROLLOUT_WORDS["rollouts_title"], view.rollout.name)]
        if deed is RolloutDeed.START:
            lines += _reach(await look.door.catalogue.rollouts.preview_rollout(look.actor, view.rollout.rollout))
        else:
            lines.append((ROLLOUT_WORDS["rollout_counts"], sentence(whole_line(view).slices)))
        note = form.line("note")
        offer = offer_of(deed)
        return Question(
            title=offer.word,
            follows=offer.follows,
            lines=(*lines, (ROLLOUT_WORDS["rollout_note"], note or "－")),
            back=_back(look),
            stern=offer.stern,
        )

    return ask


def _reach(preview: RolloutPreview) -> list[tuple[Text, Any]]:
    """Who would get it, were it started now."""
    skipped = [member_reason(one.reason) for one in preview.members if one.reason is not None]
    reasons = list(dict.fromkeys(skipped))
    told = Text(
        ja="、".join(f"{one.ja} {skipped.count(one)}" for one in reasons),
        en=", ".join(f"{skipped.count(one)} {one.en}" for one in reasons),
    )
    lines: list[tuple[Text, Any]] = [
        (ROLLOUT_WORDS["start_reaches"], fill(ROLLOUT_WORDS["rollout_sites"], count=sum(preview.sizes))),
        (ROLLOUT_WORDS["start_waves"], " → ".join(f"{size:,}" for size in preview.sizes)),
    ]
    return [*lines, (ROLLOUT_WORDS["start_skips"], told)] if reasons else lines


async def _start(ops: RolloutsCatalogue, look: Look, form: Form) -> Rollout:
    through = form.get("through") == "yes"
    return await ops.start_rollout(look.actor, look.number("rollout"), form.number("seen"), through)


async def _approve(ops: RolloutsCatalogue, look: Look, form: Form) -> Rollout:
    return await ops.approve_rollout(look.actor, look.number("rollout"), form.number("seen"), form.line("note"))


async def _pause(ops: RolloutsCatalogue, look: Look, form: Form) -> Rollout:
    return await ops.pause_rollout(look.actor, look.number("rollout"), form.line("note"))


async def _resume(ops: RolloutsCatalogue, look: Look, form: Form) -> Rollout:
    return await ops.resume_rollout(look.actor, look.number("rollout"), form.line("note"))


async def _halt(ops: RolloutsCatalogue, look: Look, form: Form) -> Rollout:
    return await ops.halt_rollout(look.actor, look.number("rollout"), form.line("note"))


async def _roll_back(ops: RolloutsCatalogue, look: Look, form: Form) -> Rollout:
    return await ops.roll_back_rollout(look.actor, look.number("rollout"), form.line("note"))


def _deed(deed: RolloutDeed, verb: _Do) -> Deed:
    async def do(look: Look, form: Form) -> str:
        await verb(look.door.catalogue.rollouts, look, form)
        return _back(look)

    path = f"{PATH}/{{rollout}}/{deed.value}"
    return Deed(path=path, name=f"rollout_{deed.value}", shows=show_rollout, do=do, ask=_asks(deed))


ROLLOUT_DEEDS: Final = tuple(
    _deed(deed, verb)
    for deed, verb in (
        (RolloutDeed.START, _start),
        (RolloutDeed.APPROVE, _approve),
        (RolloutDeed.PAUSE, _pause),
        (RolloutDeed.RESUME, _resume),
        (RolloutDeed.HALT, _halt),
        (RolloutDeed.ROLL_BACK, _roll_back),
    )
)
