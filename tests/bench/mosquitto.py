"""The peer: mosquitto, in C, over the same mutual TLS.

What it promises is less than what stands beside it: its QoS 1 delivery is acknowledged out of memory. mosquitto has no
write for each message (its persistence is a snapshot, every 30 minutes unless told otherwise), so persistence is off
and its figure is the floor of delivering 4 KiB with acknowledgements at both ends, without any durability.
"""

import asyncio
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.identities import Identities
from tests.bench.mqtt_fleet import MqttFleet
from tests.bench.subject import LoadError

NAME = "mosquitto"
_PLACES = f"{os.defpath}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
_START_S = 10.0
# What is not mosquitto's own choice has a reason. Small writes go out at once, as asyncio's do. The whole subject is
# the name: units have no common name. Root stays root, or it could not read its certificate in our private folder.
_CONFIG = """\
per_listener_settings true
persistence false
log_dest none
set_tcp_nodelay true
{user}
listener {port} 127.0.0.1
cafile {anchors}
certfile {chain}
keyfile {key}
require_certificate true
use_subject_as_username true
allow_anonymous false
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binary:
    """An installed mosquitto."""

    path: str
    version: str


def find() -> Binary | None:
    """The installed mosquitto, or None: the peer's figures are then null."""
    path = shutil.which(NAME, path=os.environ.get("PATH", "") + ":" + _PLACES)
    if path is None:
        return None
    told = subprocess.run([path, "-h"], capture_output=True, text=True, check=False, timeout=_START_S).stdout
    return Binary(path=path, version=told.partition("\n")[0].removeprefix("mosquitto version ").strip())


class Mosquitto:
    """A `Subject`: a broker of our own, apart from any that runs on the machine."""

    name = NAME
    push_rate = 5_000.0
    """Its own pace: the load client pays about 100 us for a QoS 1 delivery, and only CPU an operation is compared."""

    def __init__(self, binary: Binary, identities: Identities) -> None:
        self._binary = binary
        self._identities = identities
        self._process: asyncio.subprocess.Process | None = None
        self._fleet: MqttFleet | None = None

    @property
    def version(self) -> str:
        """The version the binary tells."""
        return self._binary.version

    @property
    def pid(self) -> int:
        """The broker's process."""
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def fleet(self) -> MqttFleet:
        """The load client."""
        assert self._fleet is not None, "not started"
        return self._fleet

    async def start(self) -> None:
        """Start the broker and the two helper sessions; `LoadError` if it does not listen within 10 s."""
        port = _free_port()
        config = self._write_config(port)
        self._process = await asyncio.create_subprocess_exec(
            self._binary.path, "-c", str(config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await _listening(port, self._process)
        self._fleet = MqttFleet(port, self._identities)
        try:
            await self._fleet.open_helpers()
        except LoadError as error:  # a broker that cannot use its key listens for a moment before it ends
            raise LoadError(await _last_words(self._process) or str(error)) from error

    async def connect(self, sessions: int) -> None:
        """Each up to its SUBACK."""
        await self.fleet.connect(sessions)

    async def handshakes(self, count: int, rate: float) -> int:
        """From accept to SUBACK."""
        return await self.fleet.handshakes(count, rate)

    async def push(self, count: int, rate: float) -> int:
        """QoS 1, one sender, one subscriber a message."""
        return await self.fleet.push(count, rate)

    async def reports(self, count: int, rate: float) -> int:
        """QoS 0, to one subscriber."""
        return await self.fleet.reports(count, rate)

    async def idle(self, seconds: float) -> int:
        """QoS 0 of every session, each 30 s."""
        return await self.fleet.idle(seconds)

    async def rest(self) -> None:
        """Close the sessions that handshakes left."""
        self.fleet.close_extra()

    async def stop(self) -> None:
        """Close the sessions and end the broker by its pid."""
        if self._fleet is not None:
            self._fleet.close()
            self._fleet = None
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()
            self._process = None

    def _write_config(self, port: int) -> Path:
        identities = self._identities
        anchors, config = identities.folder / "anchors.pem", identities.folder / "mosquitto.conf"
        anchors.write_text(identities.anchors)
        text = _CONFIG.format(
            port=port,
            anchors=anchors,
            chain=identities.server_chain,
            key=identities.server_key,
            user="user root" if os.geteuid() == 0 else "",
        )
        config.write_text(text)
        return config


async def _last_words(process: asyncio.subprocess.Process) -> str | None:
    try:
        async with asyncio.timeout(2):
            return f"{NAME} ended with {await process.wait()} instead of listening"
    except TimeoutError:
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(_START_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    if process.returncode is not None:
                        raise LoadError(f"{NAME} ended with {process.returncode} instead of listening") from None
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return
    except TimeoutError:
        raise LoadError(f"{NAME} did not listen within {_START_S:g} s") from None
