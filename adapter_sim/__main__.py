"""`python -m adapter_sim`."""

from adapter_sim.cli import main

main()
