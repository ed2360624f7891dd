"""The command `servicehost`."""

from servicehost.cli.app import main

__all__ = ["main"]
