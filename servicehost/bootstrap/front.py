"""The bootstrap door's front: which room answers which path."""

from collections.abc import Mapping

from servicehost.bootstrap.door import Respond
from servicehost.bootstrap.http import Request, Response, problem

__all__ = ["Front"]


class Front:
    """Hands each request to the room of its path: a path that ends in `/` stands for everything below it.

    The query is no part of a path. Nothing is decoded: a path has one spelling.
    """

    def __init__(self, rooms: Mapping[str, Respond]) -> None:
        self._rooms = dict(rooms)

    async def respond(self, request: Request, *, remote_address: str) -> Response:
        """The room's answer, or 404 with the paths that there are."""
        path = request.target.partition("?")[0]
        for own, room in self._rooms.items():
            if path == own or (own.endswith("/") and path.startswith(own)):
                return await room(request, remote_address=remote_address)
        return problem(404, "not_found", f"nothing is here; there is {', '.join(self._rooms)}")
