"""The unit that somebody names by its Distribution ID."""

from protocol.identity import DistributionId, IdentityError, parse_distribution_id
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.unit import Unit
from servicehost.ports.store import Batch

__all__ = ["spelled", "unit_named"]


def spelled(distribution_id: str) -> DistributionId:
    """In the one spelling we keep. Raises Invalid `distribution_id_malformed`."""
    try:
        return parse_distribution_id(distribution_id)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error


def unit_named(batch: Batch, known_as: DistributionId) -> Unit:
    """Raises NotFound `unit_not_found`, also for another customer's."""
    unit = batch.unit(known_as)
    if unit is None:
        raise NotFound("unit_not_found", f"There is no unit {known_as}")
    return unit
