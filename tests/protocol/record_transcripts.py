"""Records the transcripts of `protocol/transcripts/` by letting two real sessions talk.

`python -m tests.protocol.record_transcripts` writes them anew. Each is a file of JSON lines:

{"connect": why}                     a new TCP, TLS and WebSocket connection; both ends are dialed
{"from": "unit", "frame": text}      one text frame, lawful; `"lost": true` if it never arrives
    … "expect": {…}                  a fault: the other end sends `answer`, or null; closes with `close`, or goes on
{"end": {"unit": …, "host": …}}      the state of both ends when the connection is left
"""

import pathlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import pytest

import protocol
from protocol.codes import CloseCode
from protocol.digest import digest_of
from protocol.errors import RemoteProtocolError
from protocol.messages import (
    ConfigOffer,
    ConfigProgress,
    Desired,
    Event,
    FailedMark,
    Goodbye,
    Hello,
    Mark,
    ModuleState,
    OfferAnswer,
    OfferedMark,
    ProgressPhase,
    Rejected,
    Renew,
    Report,
    Taken,
    Welcome,
)
from protocol.session import Received
from protocol.states import Direction
from protocol.task_messages import Command, Ping, TaskAnswer, TaskDone, TaskResult, TaskRun
from tests.builders.pair import Pair

__all__ = ["FOLDER", "SCENES", "recorded"]

FOLDER: Final = pathlib.Path(protocol.__file__).parent / "transcripts"
SCENES: Final[dict[str, "Callable[[Recorder], None]"]] = {}

_OLD: Final = "hostname tokyo-1\nntp 192.0.2.1\n"
_NEW: Final = "hostname tokyo-1\nntp 192.0.2.2\n"
_OLD_MARK: Final = Mark(revision=4, digest=digest_of(_OLD.encode()))
_NEW_MARK: Final = Mark(revision=5, digest=digest_of(_NEW.encode()))
_PUSH: Final = 81
_OFFERED: Final = OfferedMark(revision=5, digest=_NEW_MARK.digest, push=_PUSH)
_OFFER: Final = ConfigOffer(push=_PUSH, revision=5, digest=_NEW_MARK.digest, body=_NEW)
_BEFORE: Final = ModuleState(running=_OLD_MARK, startup=_OLD_MARK, confirmed=_OLD_MARK)
_TRIED: Final = msgspec.structs.replace(_BEFORE, running=_NEW_MARK, last_offered=_OFFERED, trial=_PUSH)
_AFTER: Final = ModuleState(running=_NEW_MARK, startup=_NEW_MARK, last_offered=_OFFERED, confirmed=_NEW_MARK)
_ISSUED_MS: Final = 1_795_474_526_123
_FIGURES: Final = '{"sent":5,"received":5,"shortest_ms":1.2,"mean_ms":1.4,"longest_ms":1.9}'
_PINGED: Final = TaskDone(
    task=40,
    issued_ms=_ISSUED_MS,
    outcome="succeeded",
    results=(TaskResult(media_type="application/json", body=_FIGURES),),
)
_WANTED: Final = Desired(startup=_OLD_MARK, push=_PUSH, revision=5, digest=_NEW_MARK.digest)


class Recorder:
    """Two ends whose every word is written down."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._pair = Pair()
        self._epoch = 40

    def connect(self, why: str) -> None:
        """Leave the connection, if there is one, and make a new one."""
        self.leave()
        self._pair = Pair()
        self.lines.append({"connect": why})

    def leave(self) -> None:
        """Write down where both ends stand."""
        if self.lines:
            states = {"unit": self._pair.unit.state.value, "host": self._pair.host.state.value}
            self.lines.append({"end": states})

    def up(self, message: msgspec.Struct) -> Received:
        return self._carry(Direction.UP, self._pair.unit.say(message))

    def down(self, message: msgspec.Struct) -> Received:
        return self._carry(Direction.DOWN, self._pair.host.say(message))

    def answer(self, request: Received, result: msgspec.Struct) -> Received:
        direction, frame = self._answer_frame(request, result)
        return self._carry(direction, frame)

    def lose(self, message: msgspec.Struct) -> None:
        """Said by the host, but it never arrives."""
        self._write(Direction.DOWN, self._pair.host.say(message), lost=True)

    def lose_answer(self, request: Received, result: msgspec.Struct) -> None:
        """Answered, but the answer never arrives."""
        direction, frame = self._answer_frame(request, result)
        self._write(direction, frame, lost=True)

    def fault(self, direction: Direction, frame: bytes) -> None:
        """A frame that no real end says, and what the other end makes of it."""
        with pytest.raises(RemoteProtocolError) as caught:
            self._pair.listener(direction).receive(frame)
        fault = caught.value
        answer = None if fault.answer is None else fault.answer.decode()
        expect = {"reason": fault.reason, "answer": answer, "close": fault.close}
        self._write(direction, frame, expect=expect)

    def greet(self, state: ModuleState | None = None, **welcome: Any) -> None:
        """A hello with this module state, and a welcome of a unit that serves an adapter."""
        modules = () if state is None else (state,)
        hello = self.up(Hello(firmware="5.33", boot_id="5f0c7d2e", boot_cause="power_on", modules=modules))
        self._epoch += 1
        serving: dict[str, Any] = {"standing": "serving", "binding": 3, "service_code": "SA-000123"}
        self.answer(hello, Welcome(session_epoch=self._epoch, **{**serving, **welcome}))

    def progress(self, phase: ProgressPhase, reason: str = "") -> Received:
        return self.up(ConfigProgress(push=_PUSH, revision=5, digest=_NEW_MARK.digest, phase=phase, reason=reason))

    def store(self, answer: OfferAnswer) -> None:
        """The host offers; the unit answers and leaves to try it."""
        self.answer(self.down(_OFFER), answer)
        if answer.outcome != "refused":
            self.up(Goodbye(code=CloseCode.DONE, reason="applying"))

    def _answer_frame(self, request: Received, result: msgspec.Struct) -> tuple[Direction, bytes]:
        direction = Direction.DOWN if request.kind.direction is Direction.UP else Direction.UP
        assert request.id is not None
        return direction, self._pair.speaker(direction).answer(request.id, result)

    def _carry(self, direction: Direction, frame: bytes) -> Received:
        self._write(direction, frame)
        return self._pair.listener(direction).receive(frame)

    def _write(self, direction: Direction, frame: bytes, **more: Any) -> None:
        self.lines.append({"from": "unit" if direction is Direction.UP else "host", "frame": frame.decode(), **more})


def _scene(play: Callable[[Recorder], None]) -> Callable[[Recorder], None]:
    SCENES[play.__name__] = play
    return play


@_scene
def first_contact_on_standby(wire: Recorder) -> None:
    wire.connect("the unit is known but serves no adapter yet")
    wire.greet(standing="standby", binding=None, service_code=None)
    wire.up(Report(uptime_s=31, cpu_percent=2.5, health={"flash": "ok", "fan": "ok"}))
    wire.up(Report(uptime_s=61, cpu_percent=2.5, health={"flash": "ok", "fan": "ok"}))


@_scene
def push_confirmed(wire: Recorder) -> None:
    wire.connect("the unit runs revision 4; revision 5 waits for it")
    wire.greet(_BEFORE, desired=(_WANTED,))
    wire.store(OfferAnswer(outcome="accepted"))
    wire.connect("revision 5 runs on trial and reaches the host")
    wire.greet(_TRIED, desired=(_WANTED,), confirm=(_PUSH,))
    wire.answer(wire.progress("confirmed"), Taken())


@_scene
def push_refused(wire: Recorder) -> None:
    wire.connect("the unit cannot use what it is offered")
    wire.greet(_BEFORE, desired=(_WANTED,))
    rejected = Rejected(parameter="ntp", reason="only names are taken here")
    wire.store(OfferAnswer(outcome="refused", reason="invalid", rejected=(rejected,)))


@_scene
def push_substituted(wire: Recorder) -> None:
    wire.connect("the unit takes the config with one parameter changed")
    wire.greet(_BEFORE, desired=(_WANTED,))
    rejected = Rejected(parameter="ntp", reason="not allowed in this network", substitution="ntp.example")
    wire.store(OfferAnswer(outcome="substituted", rejected=(rejected,)))
    wire.connect("it names the digest that was offered, substitutions or none")
    wire.greet(_TRIED, desired=(_WANTED,), confirm=(_PUSH,))
    wire.answer(wire.progress("confirmed"), Taken())


@_scene
def push_reverted(wire: Recorder) -> None:
    wire.connect("the config will cut the unit off from its host")
    wire.greet(_BEFORE, desired=(_WANTED,))
    wire.store(OfferAnswer(outcome="accepted"))
    wire.connect("no host was reached within the confirm timeout; what ran before was restored")
    failed = FailedMark(revision=5, digest=_NEW_MARK.digest, push=_PUSH, reason="management_path_lost")
    wire.greet(msgspec.structs.replace(_BEFORE, last_offered=_OFFERED, last_failed=failed))


@_scene
def push_denied_on_trial(wire: Recorder) -> None:
    wire.connect("the unit takes the config")
    wire.greet(_BEFORE, desired=(_WANTED,))
    wire.store(OfferAnswer(outcome="accepted"))
    wire.connect("the host no longer wants what runs on trial and says no")
    wire.greet(_TRIED, desired=(Desired(startup=_OLD_MARK),), revert=(_PUSH,))
    wire.answer(wire.progress("reverted", "denied"), Taken())


@_scene
def progress_answer_lost(wire: Recorder) -> None:
    wire.connect("revision 5 runs on trial and reaches the host")
    wire.greet(_TRIED, desired=(_WANTED,), confirm=(_PUSH,))
    wire.lose_answer(wire.progress("confirmed"), Taken())
    wire.connect("the line broke before the answer; the new hello says it all and the progress is not repeated")
    wire.greet(_AFTER, desired=(Desired(startup=_NEW_MARK),))


@_scene
def event_twice(wire: Recorder) -> None:
    alarm = Event(sequence=12, sub_type="hardware_alarm", component="fan", severity=3, text="fan 1 stands still")
    wire.connect("an alarm whose answer is lost")
    wire.greet(_BEFORE)
    wire.lose_answer(wire.up(alarm), Taken())
    wire.connect("the same boot and sequence again: taken once, answered again")
    wire.greet(_BEFORE)
    wire.answer(wire.up(alarm), Taken())


@_scene
def task(wire: Recorder) -> None:
    run = TaskRun(task=40, issued_ms=_ISSUED_MS, work=Ping(address="192.0.2.1"), time_out_s=60)
    wire.connect("a task is accepted, and its result is said when it is there")
    wire.greet(_BEFORE)
    wire.answer(wire.down(run), TaskAnswer(outcome="accepted"))
    wire.answer(wire.up(_PINGED), Taken())


@_scene
def task_result_lost(wire: Recorder) -> None:
    run = TaskRun(task=40, issued_ms=_ISSUED_MS, work=Ping(address="192.0.2.1"), time_out_s=60)
    wire.connect("the line breaks before the result is answered")
    wire.greet(_BEFORE)
    wire.answer(wire.down(run), TaskAnswer(outcome="accepted"))
    wire.lose_answer(wire.up(_PINGED), Taken())
    wire.connect("the task is given again and answered from memory; it is not run again")
    wire.greet(_BEFORE)
    wire.answer(wire.down(run), TaskAnswer(outcome="succeeded", results=_PINGED.results))
    wire.answer(wire.up(_PINGED), Taken())


@_scene
def task_interrupted(wire: Recorder) -> None:
    run = TaskRun(task=41, issued_ms=_ISSUED_MS, work=Command(lines=("show version",)), time_out_s=60)
    wire.connect("the power goes in the middle of a task")
    wire.greet(_BEFORE)
    wire.lose_answer(wire.down(run), TaskAnswer(outcome="accepted"))
    wire.connect("the unit has its number and no outcome: interrupted, and not run again")
    wire.greet(_BEFORE)
    wire.answer(wire.down(run), TaskAnswer(outcome="interrupted", reason="power_lost"))


@_scene
def batch(wire: Recorder) -> None:
    wire.connect("a batch is refused by name and the session goes on")
    wire.greet(_BEFORE)
    wire.fault(Direction.UP, b'[{"jsonrpc":"2.0","method":"report","params":{"uptime_s":61}}]')
    wire.up(Report(uptime_s=61))


@_scene
def unknown_method(wire: Recorder) -> None:
    wire.connect("methods the other end does not know, may not be asked, or keeps for later")
    wire.greet(_BEFORE)
    wire.fault(Direction.UP, b'{"jsonrpc":"2.0","id":70,"method":"backup","params":{}}')
    wire.fault(Direction.UP, b'{"jsonrpc":"2.0","id":71,"method":"config.offer","params":{}}')
    wire.fault(Direction.DOWN, b'{"jsonrpc":"2.0","id":72,"method":"task.ping","params":{}}')
    wire.fault(Direction.UP, b'{"jsonrpc":"2.0","method":"gossip","params":{}}')
    wire.up(Report(uptime_s=61))


@_scene
def hello_twice(wire: Recorder) -> None:
    wire.connect("a second hello is answered and ends the session")
    wire.greet(_BEFORE)
    wire.fault(
        Direction.UP, b'{"jsonrpc":"2.0","method":"hello","id":2,"params":{"firmware":"5.33","boot_id":"5f0c7d2e"}}'
    )


@_scene
def drain(wire: Recorder) -> None:
    wire.connect("the host leaves politely and still answers what it owes")
    wire.greet(_BEFORE)
    event = wire.up(Event(sequence=13, sub_type="link_down"))
    wire.down(Goodbye(code=CloseCode.DRAINING, reason="draining", redial_after_s=7))
    wire.answer(event, Taken())
    wire.up(Goodbye(code=CloseCode.DONE, reason="host_draining"))


@_scene
def renewal(wire: Recorder) -> None:
    wire.connect("the host asks for a renewal; the line breaks before the unit has heard it")
    wire.greet(_BEFORE)
    wire.lose(Renew(reason="anchor_change", within_s=300))
    wire.connect("the next welcome says it again; the unit renews at the bootstrap door and dials with the candidate")
    wire.greet(_BEFORE, renew=Renew(reason="anchor_change", within_s=300))
    wire.up(Report(uptime_s=61))
    wire.connect("a new session with the candidate, before the old one is dropped: welcomed, so it is the current one")
    wire.greet(_BEFORE)
    wire.down(Renew())


def recorded() -> Mapping[str, str]:
    """The text of every transcript, by file name."""
    texts = {}
    for name, play in SCENES.items():
        wire = Recorder()
        play(wire)
        wire.leave()
        texts[f"{name}.jsonl"] = "".join(msgspec.json.encode(line).decode() + "\n" for line in wire.lines)
    return texts


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in recorded().items():
        (FOLDER / name).write_text(text, "utf-8")
