"""What a box's config says, once read: values only. `adapter_sim.command_line` reads the text into these."""

import ipaddress
from typing import Final, Literal

import msgspec

__all__ = ["FACTORY_TEXT", "BoxConfig", "Filter", "Interface", "Permission"]

FACTORY_TEXT: Final = "interface ge0 address dhcp\nroute default ge0\n"
"""What a box runs before anybody gave it a config: enough to find its host."""

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """One port of the box. It carries traffic when it has an address and is not shut down."""

    address: str | None = None
    mtu: int = 1500
    shutdown: bool = False

    @property
    def up(self) -> bool:
        """Whether packets can leave by it."""
        return self.address is not None and not self.shutdown


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """One rule; a packet takes the action of the first rule that matches it, and passes when none does."""

    name: str
    direction: Literal["in", "out"]
    protocol: Literal["tcp", "udp", "icmp", "any"]
    action: Literal["block", "pass"]
    address: str | None = None
    ports: tuple[int, int] | None = None

    def matches(self, address: str, port: int, direction: Literal["in", "out"]) -> bool:
        """Whether a TCP packet to (out) or from (in) `port` at the IP `address` falls under this rule."""
        return (
            self.direction == direction
            and self.protocol in ("tcp", "any")
            and (self.ports is None or self.ports[0] <= port <= self.ports[1])
            and (self.address is None or _within(address, self.address))
        )


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the box lets its own socket reach an address; `obstacle` names what stands in the way, else empty."""

    allowed: bool
    obstacle: str = ""


class BoxConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A whole config as the box understood it, substitutions made."""

    hostname: str = ""
    interfaces: dict[str, Interface] = {}
    default_route: str | None = None
    filters: tuple[Filter, ...] = ()
    resolvers: tuple[str, ...] = ()
    ntp_servers: tuple[str, ...] = ()

    def permits(self, address: str, port: int) -> Permission:
        """Whether a TCP connection of the box's own to `address`, an IP literal, and `port` can stand."""
        if self.default_route is None:
            return Permission(allowed=False, obstacle="no default route")
        if not self.interfaces.get(self.default_route, Interface()).up:
            return Permission(allowed=False, obstacle=f"interface {self.default_route} is down")
        for direction in ("out", "in"):
            blocking = self._decider(address, port, direction)
            if blocking is not None and blocking.action == "block":
                return Permission(allowed=False, obstacle=f"filter {blocking.name} blocks {direction}")
        return Permission(allowed=True)

    def echoes(self, address: str) -> Permission:
        """The same for an echo request to `address` and its answer."""
        way = self.permits(address, 0)
        if not way.allowed and not way.obstacle.startswith("filter "):
            return way
        for direction in ("out", "in"):
            ours = [rule for rule in self.filters if rule.direction == direction and rule.protocol in ("icmp", "any")]
            decides = next((rule for rule in ours if rule.address is None or _within(address, rule.address)), None)
            if decides is not None and decides.action == "block":
                return Permission(allowed=False, obstacle=f"filter {decides.name} blocks {direction}")
        return Permission(allowed=True)

    def _decider(self, address: str, port: int, direction: Literal["in", "out"]) -> Filter | None:
        return next((rule for rule in self.filters if rule.matches(address, port, direction)), None)


def _within(address: str, network: str) -> bool:
    # A zone index (fe80::1%eth0) names a link of this machine, not a part of the address.
    one, many = ipaddress.ip_address(address.partition("%")[0]), ipaddress.ip_network(network)
    return one.version == many.version and one in many
