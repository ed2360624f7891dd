"""Every page below the first, and every form on them, by address."""

from typing import Final

from servicehost.web.panel.deeds import done
from servicehost.web.panel.shell import Handler, shown
from servicehost.web.panel.views import (
    adapter,
    areas,
    audit,
    case,
    charges,
    config,
    config_deeds,
    enrolments,
    exchange_deeds,
    returns,
    rollouts,
    schedules,
    stock,
    tasks,
    triage_deed,
)
from servicehost.web.panel.views.risks import show_risks
from servicehost.web.panel.views.rollout_deeds import ROLLOUT_DEEDS

__all__ = ["DEEDS", "VIEWS"]

DEEDS: Final = (
    areas.CLOSE,
    areas.REOPEN,
    areas.DECIDE,
    areas.DECIDE_ALL,
    stock.SET_THRESHOLD,
    enrolments.APPROVE,
    enrolments.DENY,
    charges.APPROVE,
    charges.WAIVE,
    returns.SHIP,
    returns.RECEIVE,
    returns.INSPECT,
    returns.WRITE_OFF,
    exchange_deeds.ATTENDEE,
    exchange_deeds.DOWNGRADE,
    exchange_deeds.SWAP,
    exchange_deeds.CONFIRM,
    exchange_deeds.CANCEL,
    triage_deed.ANSWER,
    adapter.DECLARE,
    adapter.STATE_SITE,
    adapter.NAME_DELEGATE,
    adapter.END_DELEGATE,
    adapter.ASK_OPTION,
    adapter.DECIDE_OPTION,
    adapter.ASK_EXCHANGE,
    config_deeds.SAVE,
    config_deeds.RESTORE,
    config_deeds.PUSH,
    config_deeds.CANCEL_PUSH,
    *ROLLOUT_DEEDS,
    tasks.CANCEL_TASK,
    schedules.CANCEL,
    schedules.RETIME,
)

VIEWS: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/panel/cases", shown(case.show_cases)),
    ("GET", "/panel/cases/{case}", shown(case.show_case)),
    ("GET", "/panel/adapters/{service_code}", shown(adapter.show_adapter)),
    ("GET", "/panel/adapters/{service_code}/config", shown(config.show_config)),
    ("GET", "/panel/adapters/{service_code}/tasks", shown(tasks.show_tasks)),
    ("GET", tasks.RESULT, tasks.send_result),
    ("GET", rollouts.PATH, shown(rollouts.show_rollouts)),
    ("GET", f"{rollouts.PATH}/{{rollout}}", shown(rollouts.show_rollout)),
    ("GET", schedules.PATH, shown(schedules.show_schedules)),
    ("GET", f"{schedules.PATH}/{{schedule}}", shown(schedules.show_schedule)),
    ("GET", "/panel/rights", shown(show_risks)),
    ("GET", "/panel/returns", shown(returns.show_returns)),
    ("GET", "/panel/returns/{return}", shown(returns.show_return)),
    ("GET", "/panel/units/{distribution_id}", shown(returns.show_unit)),
    ("GET", "/panel/charges", shown(charges.show_charges)),
    ("GET", "/panel/charges.csv", charges.send_charges),
    ("GET", "/panel/areas", shown(areas.show_areas)),
    ("GET", "/panel/stock", shown(stock.show_stock)),
    ("GET", "/panel/enrolments", shown(enrolments.show_enrolments)),
    ("GET", "/panel/audit", shown(audit.show_audit)),
    ("GET", "/panel/audit.jsonl", audit.send_audit),
    *(("POST", deed.path, done(deed)) for deed in DEEDS),
)
