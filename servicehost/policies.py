"""Policies of the use cases, as the settings have them."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.consent import ConsentPolicy
from servicehost.domain.errand import ErrandPolicy
from servicehost.domain.evidence import TriagePolicy
from servicehost.domain.group import GroupPolicy
from servicehost.domain.places import Places
from servicehost.domain.reaction import Retry
from servicehost.domain.rollout import RolloutPolicy
from servicehost.domain.snapshot import SnapshotPolicy
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.task import TaskLimits
from servicehost.operations.area_catalogue import AreaPolicy
from servicehost.operations.order_task import TaskPolicy
from servicehost.settings.areas import AreasSettings
from servicehost.settings.consents import ConsentsSettings
from servicehost.settings.exchanges import ExchangesSettings
from servicehost.settings.groups import GroupsSettings
from servicehost.settings.rollouts import RolloutsSettings
from servicehost.settings.snapshots import SnapshotsSettings
from servicehost.settings.tasks import TasksSettings

__all__ = [
    "area_policy",
    "consent_policy",
    "errand_policy",
    "group_policy",
    "retry_of",
    "return_policy",
    "rollout_policy",
    "snapshot_policy",
    "swap_policy",
    "task_policy",
    "triage_policy",
]


def consent_policy(settings: ConsentsSettings) -> ConsentPolicy:
    """How long consents last, and how far ahead they begin."""
    return ConsentPolicy(
        usual_ms=settings.usual_h * 3_600_000,
        longest_ms=settings.longest_h * 3_600_000,
        ahead_ms=settings.ahead_days * 86_400_000,
    )


def task_policy(settings: TasksSettings) -> TaskPolicy:
    """What a task is given, and how many there may be."""
    return TaskPolicy(
        limits=TaskLimits(
            queue_length=settings.queue_length,
            in_flight=settings.in_flight,
            grace_s=settings.grace_s,
            max_result_bytes=settings.max_result_bytes,
            max_upload_bytes=settings.max_upload_bytes,
        ),
        max_adapters=settings.max_adapters,
        life_s=settings.life_s,
        time_out_s=settings.time_out_s,
        reboot_time_out_s=settings.reboot_time_out_s,
        dump_time_out_s=settings.dump_time_out_s,
        kept_days=settings.kept_days,
    )


def snapshot_policy(settings: SnapshotsSettings) -> SnapshotPolicy:
    """How large snapshots are, and how many a contract keeps."""
    return SnapshotPolicy(max_members=settings.max_adapters, kept=settings.kept)


def return_policy(settings: ExchangesSettings) -> ReturnPolicy:
    """When units are due back, and what is charged."""
    return ReturnPolicy(
        due_ms=settings.return_due_days * 86_400_000,
        accessories=settings.accessories,
        prices=settings.prices,
        tax=settings.price_tax,
        no_fault_found=settings.no_fault_found,
    )


def retry_of(settings: ExchangesSettings) -> Retry:
    """How often, and how long apart, a reaction is tried."""
    return Retry(
        tries=settings.reaction_tries,
        first_wait_ms=round(settings.reaction_first_wait_s * 1000),
        longest_wait_ms=round(settings.reaction_longest_wait_s * 1000),
    )


def swap_policy(settings: ExchangesSettings) -> SwapPolicy:
    """What is known of models, and how long an exchange can be taken up again."""
    return SwapPolicy(models=settings.models, reopen_within_ms=settings.reopen_within_days * 86_400_000)


def area_policy(settings: AreasSettings, places: Places) -> AreaPolicy:
    """The list of places, and what drivers serve."""
    return AreaPolicy(
        places=places,
        coverage=settings.coverage,
        list_is_old_after_days=settings.list_is_old_after_days,
        many_faults=settings.many_faults,
    )


def triage_policy(settings: ExchangesSettings) -> TriagePolicy:
    """What counts as together, and as shortly before."""
    return TriagePolicy(
        together_ms=settings.triage_together_s * 1000, push_before_ms=settings.triage_push_before_s * 1000
    )


def errand_policy(settings: ExchangesSettings) -> ErrandPolicy:
    """By when errands should be there."""
    return ErrandPolicy(
        onsite_target_ms=round(settings.onsite_target_s * 1000),
        delivery_target_ms=settings.delivery_target_days * 86_400_000,
    )


def rollout_policy(settings: RolloutsSettings) -> RolloutPolicy:
    """What holds for every rollout."""
    return RolloutPolicy(
        approval_required=settings.approval_required,
        max_adapters=settings.max_adapters,
        lost_after_ms=settings.lost_after_s * 1000,
        answer_ms=settings.answer_within_s * 1000,
        look_ms=round(settings.look_every_s * 1000),
    )


def group_policy(settings: GroupsSettings) -> GroupPolicy:
    """How many groups, tags and saved queries there may be, and how long their names."""
    return GroupPolicy(
        longest_name=settings.name_characters,
        groups=settings.groups,
        queries=settings.queries,
        presets=settings.presets,
        tag_names=settings.tag_names,
        tags_of_adapter=settings.tags_of_adapter,
    )
