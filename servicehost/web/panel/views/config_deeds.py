"""What is done with the config of one site: saved, brought back, pushed, and a push taken back."""

from typing import Any, Final

from servicehost.domain.errors import Conflict, StaleEdit
from servicehost.domain.presence import Presence
from servicehost.domain.push import Target
from servicehost.domain.rule import Text
from servicehost.operations.preview_push import Fate
from servicehost.operations.push_config import PushOrder
from servicehost.operations.save_config import ConfigDraft
from servicehost.web.fleet_answers import Moment
from servicehost.web.panel.config_words import CONFIG_WORDS, TARGETS
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.forms import Form
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.shell import Look
from servicehost.web.panel.views.config import TYPED, show_config, the_adapter

__all__ = ["CANCEL_PUSH", "PUSH", "RESTORE", "SAVE"]

_OF: Final = "/panel/adapters/{service_code}/config"


def _code(look: Look) -> str:
    return look.request.match_info["service_code"]


def _back(look: Look, part: str) -> str:
    return f"/panel/adapters/{_code(look)}/config#{part}"


async def _save(look: Look, form: Form) -> str:
    # Browsers send every line of a text field with a carriage return; what is saved has line feeds alone.
    body = form.get("body").replace("\r\n", "\n")
    draft = ConfigDraft(
        service_code=_code(look), body=body, reason=form.line("reason"), expected_revision=form.number("seen")
    )
    try:
        await look.door.catalogue.save_config(look.actor, draft)
    except StaleEdit:
        look.request[TYPED] = body
        raise
    return _back(look, "push")


async def _restore(look: Look, form: Form) -> str:
    configs = look.door.catalogue.configs
    await configs.restore_revision(
        look.actor, _code(look), look.number("revision"), form.line("reason"), form.number("seen")
    )
    return _back(look, "push")


async def _ask_push(look: Look, form: Form) -> Question:
    view, revision, target = await the_adapter(look), form.number("revision"), form.chosen("target", Target)
    preview = await look.door.catalogue.configs.preview_push(look.actor, _code(look), revision)
    sent = [one for one in preview.modules if one.fate in (Fate.SENT, Fate.UNKNOWN)]
    lines: list[tuple[Text, Any]] = [
        (PAGE_WORDS["site_word"], look.site(_code(look)).name),
        (CONFIG_WORDS["config_version"], str(revision)),
        (CONFIG_WORDS["push_target"], TARGETS[target]),
        (CONFIG_WORDS["push_sends"], _sent(len(sent), sum(one.size_bytes or 0 for one in sent))),
    ]
    moment = Moment.of(await look.reads.leases(), look.now)
    if view.unit is None or moment.presence(view.unit.session) is not Presence.CONNECTED:
        lines.append((CONFIG_WORDS["push_when"], CONFIG_WORDS["push_absent"]))
    return Question(
        title=CONFIG_WORDS["push_ask"],
        follows=CONFIG_WORDS["push_follows"],
        lines=tuple(lines),
        back=_back(look, "push"),
    )


def _sent(modules: int, size: int) -> Text:
    return Text(ja=f"{modules}モジュール、{size:,}バイト", en=f"{modules} module(s), {size:,} bytes")


async def _push(look: Look, form: Form) -> str:
    order = PushOrder(
        service_codes=[_code(look)],
        revision=form.number("revision"),
        target=form.chosen("target", Target),
        reason=form.line("reason"),
        through_acknowledged=form.get("through") == "yes",
    )
    (ordered,) = await look.door.catalogue.push_config(look.actor, order)
    if ordered.push is None:
        raise Conflict(ordered.code or "no_config", ordered.text or "")
    return _back(look, "pushes")


async def _cancel(look: Look, _form: Form) -> str:
    await look.door.catalogue.cancel_push(look.actor, look.number("push"))
    return _back(look, "pushes")


SAVE: Final = Deed(path=_OF, name="config_saved", shows=show_config, do=_save)
RESTORE: Final = Deed(
    path=f"{_OF}/revisions/{{revision}}/restore", name="config_restored", shows=show_config, do=_restore
)
PUSH: Final = Deed(path=f"{_OF}/push", name="config_pushed", shows=show_config, do=_push, ask=_ask_push)
CANCEL_PUSH: Final = Deed(path=f"{_OF}/pushes/{{push}}/cancel", name="push_cancelled", shows=show_config, do=_cancel)
