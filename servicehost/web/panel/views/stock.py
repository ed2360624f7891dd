"""Stock by depot, model and firmware; where it runs low, and below how many free units it does."""

from typing import Any, Final

from servicehost.domain.depot import MAIN_STOCK
from servicehost.domain.errors import Invalid
from servicehost.domain.people import Right, demand
from servicehost.web.panel.deeds import Deed
from servicehost.web.panel.forms import Form
from servicehost.web.panel.shell import Look, View
from servicehost.web.swap_answers import Stock

__all__ = ["SET_THRESHOLD", "show_stock"]

_PATH: Final = "/panel/stock"
_MOST: Final = 9_999


async def show_stock(look: Look) -> View:
    """Raises Forbidden `no_right` for customers."""
    demand(look.actor, Right.INSPECT)
    stock = Stock.of(await look.reads.stock_counts(look.scope), await look.reads.stock_thresholds(look.scope))
    depots = await look.reads.depots(look.scope)
    values: dict[str, Any] = {
        "lines": stock.items,
        "depots": {one.depot: one for one in depots},
        "main": MAIN_STOCK,
    }
    return View(template="stock.html", values=values)


async def _set(look: Look, form: Form) -> str:
    written = form.line("least", 4)
    if not (written.isascii() and written.isdigit() and int(written) <= _MOST):
        raise Invalid("bad_threshold", "A threshold is a number from 0 to 9999")
    depot, model = form.line("depot", 64), form.line("model", 64)
    await look.cases.swaps.set_stock_threshold(look.actor, depot, model, int(written))
    return _PATH


SET_THRESHOLD: Final = Deed(path=f"{_PATH}/thresholds", name="threshold_set", shows=show_stock, do=_set)
