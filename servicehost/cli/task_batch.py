"""`servicehost task batch`: tasks that were ordered together, through the API of a running host."""

from typing import Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["app"]

COLUMNS: Final = ("batch", "name", "kind", "adapters", "ended", "management_code", "ordered_by", "ordered_at", "note")

app = App(name="batch", help=f"See how far tasks are that were ordered together.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List batches, each with how many of its tasks have ended."""
    write_items(asked(url).all("task-batches"), COLUMNS, output)


@app.command
def show(batch: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show how many tasks of a batch stand in each state.

    Parameters
    ----------
    batch
        Its number.
    """
    write_one(asked(url).call("GET", f"task-batches/{batch}"), output)


@app.command
def cancel(batch: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take back all tasks of a batch that wait; what a unit has already comes to its end.

    Parameters
    ----------
    batch
        Its number.
    """
    write_one(asked(url).call("POST", f"task-batches/{batch}/cancel", json={}), output)
