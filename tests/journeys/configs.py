"""What the journeys push."""

__all__ = ["CUTS_THE_PATH", "IS_NOT_UNDERSTOOD", "WANTS_TOO_MUCH", "good"]

CUTS_THE_PATH = "hostname cut-off\ninterface ge0 address dhcp\ninterface ge0 shutdown\nroute default ge0\n"
WANTS_TOO_MUCH = "hostname large\ninterface ge0 address dhcp\ninterface ge0 mtu 9000\nroute default ge0\n"
IS_NOT_UNDERSTOOD = "hostname strange\nlaunch the rocket\nroute default ge0\n"


def good(name: str) -> str:
    """A config with which a unit reaches its host; each name another digest."""
    return f"hostname {name}\ninterface ge0 address dhcp\nroute default ge0\n"
