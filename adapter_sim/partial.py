"""Files that a unit fetches: what is here of each so far, by digest."""

__all__ = ["Partial", "Partials"]


class Partial:
    """The first bytes of one file. A transfer appends to it from a thread of its own, until `stopped`."""

    __slots__ = ("data", "stopped")

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.stopped = False


class Partials:
    """A box's. A file becomes whole by `done`; whether its digest matches is for the slot to say."""

    __slots__ = ("_begun", "whole")

    def __init__(self) -> None:
        self.whole: dict[str, bytes] = {}
        self._begun: dict[str, Partial] = {}

    def begin(self, digest: str) -> Partial:
        """Go on from what is here. A transfer that is still under way goes on alone: it counts no more."""
        before = self._begun.get(digest)
        if before is not None:
            before.stopped = True
        self._begun[digest] = Partial(bytes(before.data) if before else b"")
        return self._begun[digest]

    def done(self, digest: str, partial: Partial, *, damaged: bool) -> None:
        """The file is here; `damaged`, with another last byte."""
        if self._begun.get(digest) is partial:
            data = bytes(partial.data)
            self.whole[digest] = data[:-1] + bytes([data[-1] ^ 1]) if damaged and data else data
            del self._begun[digest]

    def stop(self) -> None:
        """Whatever is under way ends at its next piece; what is here stays."""
        for partial in self._begun.values():
            partial.stopped = True

    def clear(self) -> None:
        """The offer is answered: nothing of it is needed any more."""
        self.stop()
        self.whole.clear()
        self._begun.clear()
