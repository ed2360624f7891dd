"""The route table: every address of the operators' door."""

from functools import cache
from typing import Final

import msgspec

from servicehost.web.api import (
    adapters,
    areas,
    audit,
    authority,
    calls,
    carrier,
    charges,
    config_history,
    config_proposals,
    configs,
    consents,
    customers,
    delegates,
    destinations,
    ends,
    enquiry_hours,
    enrolments,
    errands,
    events,
    exchanges,
    faults,
    groups,
    identity,
    modules,
    notices,
    people,
    places,
    presets,
    pushes,
    queries,
    returns,
    rights,
    rollouts,
    schedules,
    snapshots,
    stock,
    swaps,
    tags,
    task_batches,
    tasks,
    tenants,
    triage,
    units,
    worksheets,
)
from servicehost.web.api.host import host_routes
from servicehost.web.openapi import openapi
from servicehost.web.route import Route

__all__ = ["API_VERSION", "document", "route_table"]

API_VERSION: Final = "1.0.0"
"""Of the API, not of the program: the first number grows when something is taken away."""


@cache
def route_table() -> tuple[Route, ...]:
    """In the order of the documentation."""
    return (
        *people.ROUTES,
        *customers.ROUTES,
        *delegates.ROUTES,
        *destinations.ROUTES,
        *notices.ROUTES,
        *ends.ROUTES,
        *units.ROUTES,
        *enrolments.ROUTES,
        *identity.ROUTES,
        *adapters.ROUTES,
        *groups.ROUTES,
        *tags.ROUTES,
        *queries.ROUTES,
        *presets.ROUTES,
        *configs.ROUTES,
        *config_proposals.ROUTES,
        *consents.ROUTES,
        *calls.ROUTES,
        *enquiry_hours.ROUTES,
        *modules.ROUTES,
        *config_history.ROUTES,
        *snapshots.ROUTES,
        *tenants.ROUTES,
        *pushes.ROUTES,
        *rollouts.ROUTES,
        *schedules.ROUTES,
        *tasks.ROUTES,
        *task_batches.ROUTES,
        *events.ROUTES,
        *faults.ROUTES,
        *triage.ROUTES,
        *exchanges.ROUTES,
        *errands.ROUTES,
        *worksheets.ROUTES,
        *returns.ROUTES,
        *charges.ROUTES,
        *stock.ROUTES,
        *swaps.ROUTES,
        *carrier.ROUTES,
        *rights.ROUTES,
        *places.ROUTES,
        *areas.ROUTES,
        *audit.ROUTES,
        *authority.ROUTES,
        *host_routes(document),
    )


@cache
def document() -> bytes:
    """The OpenAPI document, JSON. It is made once: the table does not change while the process runs."""
    return msgspec.json.encode(openapi(route_table(), API_VERSION))
