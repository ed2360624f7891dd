"""A second reading of the terms of service, written from the terms and not from the rules: two short tables.

A row fits if every column does; `*` fits anything, `a|b` either; the first row that fits counts. Whoever changes a rule
changes the terms here as well, by reading them again.
"""

from collections.abc import Iterator, Mapping
from itertools import product

Row = tuple[Mapping[str, frozenset[str]], tuple[str, ...]]

METHOD = """
requester       ownership  option channel  item    cause                   area        provider_downgrade location  site                attendee | method rule
delegate|other  *          *      *        *       *                       *           *   *         *                   *   | declined    not_operation_manager
*               *          *      *        *       not_hardware            *           *   *         *                   *   | declined    not_hardware
*               *          *      *        *       loss                    *           *   *         *                   *   | new_supply  lost
*               brought_in no     *        *       *                       *           *   *         *                   *   | declined    brought_in_without_option
*               brought_in *      reseller *       *                       *           *   *         *                   *   | declined    brought_in_without_option
*               brought_in *      *        standby *                       *           *   *         *                   *   | declined    brought_in_without_option
*               rental     no     *        *       *                       *           *   *         *                   *   | sendback    rental_without_option
*               rental     *      reseller *       *                       *           *   *         *                   *   | sendback    rental_without_option
*               rental     *      *        standby *                       *           *   *         *                   *   | sendback    rental_without_option
*               *          *      *        *       negligence|modification *           *   *         *                   *   | sendback    customer_fault
*               *          *      *        *       accident|disaster       *           *   *         *                   *   | sendback    accident_or_disaster
*               *          *      *        *       *                       no_entry    yes *         *                   *   | sendback    provider_closed_area
*               *          *      *        *       *                       mass_damage yes *         *                   *   | sendback    provider_mass_damage
*               *          *      *        *       *                       *           *   elsewhere *                   *   | sendback    not_at_declared_location
*               *          *      *        *       *                       *           *   *         unmanned|restricted *   | sendback    unmanned_or_restricted
*               *          *      *        *       *                       *           *   *         *                   no  | sendback    nobody_attends
*               *          *      *        *       *                       *           *   *         *                   *   | onsite_swap -
"""  # noqa: E501 - a table is read by its columns

CHARGE = """
ownership  cause                                            inspection           accessories | charge
brought_in *                                                *                    *           | none
*          *                                                no_fault_found       *           | policy
*          *                                                never_returned       *           | at_cost
*          *                                                damaged|modified     *           | at_cost
*          negligence|accident|disaster|modification        *                    *           | at_cost
*          *                                                *                    short       | at_cost
*          loss                                             returned|fault_found *           | none
*          loss                                             *                    *           | at_cost
*          *                                                *                    *           | none
"""

ORDER = (
    "not_operation_manager",
    "not_hardware",
    "lost",
    "brought_in_without_option",
    "rental_without_option",
    "customer_fault",
    "accident_or_disaster",
    "provider_closed_area",
    "provider_mass_damage",
    "not_at_declared_location",
    "unmanned_or_restricted",
    "nobody_attends",
)

FIELDS: dict[str, tuple[str | bool, ...]] = {
    "requester": ("operation_manager", "delegate", "other"),
    "ownership": ("rental", "brought_in"),
    "channel": ("direct", "reseller"),
    "item": ("entry", "standby"),
    "option": (True, False),
    "cause": ("natural", "negligence", "accident", "disaster", "modification", "loss", "not_hardware"),
    "area": ("open", "no_entry", "mass_damage"),
    "provider_downgrade": (True, False),
    "site": ("staffed", "unmanned", "restricted"),
    "attendee": (True, False),
    "location": ("declared", "elsewhere"),
    "coverage": ("covered", "island", "uncovered"),
}
"""Every field of a facts file with its values."""

COMBINATIONS = 3 * 2 * 2 * 2 * 2 * 7 * 3 * 2 * 3 * 2 * 2 * 3


def combinations() -> Iterator[dict[str, str | bool]]:
    """Every combination of known values of every field."""
    for values in product(*FIELDS.values()):
        yield dict(zip(FIELDS, values, strict=True))


def read_table(text: str) -> list[Row]:
    """Parse a table; a wildcard column does not appear in its row."""
    head, *lines = text.strip().splitlines()
    names = head.split("|", 1)[0].split()
    rows: list[Row] = []
    for line in lines:
        conditions, outcome = line.rsplit("| ", 1)
        cells = zip(names, conditions.split(), strict=True)
        rows.append(({n: frozenset(cell.split("|")) for n, cell in cells if cell != "*"}, tuple(outcome.split())))
    return rows


def look_up(rows: list[Row], case: Mapping[str, str | bool]) -> tuple[str, ...]:
    """Return the outcome of the first row that fits; a yes or no is written so in the tables."""
    words = {name: ("yes" if v else "no") if isinstance(v, bool) else v for name, v in case.items()}
    return next(outcome for row, outcome in rows if all(words.get(name) in fits for name, fits in row.items()))
