"""Run `servicehost` as `python -m servicehost`."""

import sys

from servicehost.cli import main

if __name__ == "__main__":
    sys.exit(main())
