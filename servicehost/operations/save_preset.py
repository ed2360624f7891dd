"""An operation manager keeps a preset command."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.group import GroupPolicy, check_name, check_room
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.preset import Placeholder, Preset, PresetKind, check_preset
from servicehost.operations.grouping import demand_contract, kept, tell
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["PresetDraft", "save_preset", "words_of"]


class PresetDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a preset is to be; see `domain.preset`."""

    name: str
    text: str
    kind: PresetKind = PresetKind.COMMAND
    says: str = ""
    modules: tuple[int, ...] = (0,)
    placeholders: tuple[Placeholder, ...] = ()

    def upon(self, standing: Preset, policy: GroupPolicy) -> Preset:
        """The preset as drafted. Raises Conflict `preset_malformed`, `name_empty` or `name_too_long`."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__ if name != "name"}
        return check_preset(msgspec.structs.replace(standing, **fields, name=check_name(self.name, policy)))


async def save_preset(
    actor: Actor, management_code: str, draft: PresetDraft, *, store: Store, clock: Clock, policy: GroupPolicy
) -> Preset:
    """The preset, version 1. To keep one runs nothing; who uses it needs the right to what it does.

    Raises Forbidden `no_right`; NotFound `contract_not_found`; Conflict `contract_ended`, `preset_malformed`,
    `name_empty`, `name_too_long`, `too_many_presets`, `preset_exists`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()
    blank = Preset(
        preset=0,
        management_code=management_code,
        name=draft.name,
        says="",
        kind=draft.kind,
        modules=(),
        text="",
        placeholders=(),
        version=1,
        saved_at=now,
        saved_by=actor.master_id,
    )

    def work(batch: Batch) -> Preset:
        demand_contract(batch, management_code, now)
        check_room(len(batch.presets_of(management_code)), policy.presets, "presets")
        saved = batch.add_preset(draft.upon(blank, policy))
        tell(
            batch, actor, now, Action.SAVE_PRESET, f"preset {saved.preset}", management_code=management_code,
            sub_type="preset_saved", after=words_of(saved), preset=saved.preset,
        )  # fmt: skip
        return saved

    return await store.batch(actor.scope, work)


def words_of(preset: Preset) -> dict[str, object]:
    """What the audit keeps of one: people's own words under the contract's key."""
    words = {"name": preset.name, "says": preset.says, "text": preset.text}
    return {"kind": preset.kind.value} | {name: kept(text, preset.management_code) for name, text in words.items()}
