"""The location document at the bootstrap door: signed, cacheable, for anybody."""

from typing import Final

from protocol.location import MEDIA_TYPE, PATH
from servicehost.bootstrap.conditions import etag_matches
from servicehost.bootstrap.http import Request, Response, problem
from servicehost.ports.authority import AuthorityUnavailable
from servicehost.ports.location import LocationSource

__all__ = ["PATH", "LocationRoom"]

_METHODS: Final = ("GET", "HEAD")
_CACHE: Final = "public, max-age=60, stale-if-error=604800"
"""A cache may go on giving it while we are away: its signature holds wherever it comes from."""
_RETRY: Final = (("retry-after", "60"),)


class LocationRoom:
    """Answers GET and HEAD of the document's path. No client certificate is asked for."""

    def __init__(self, source: LocationSource) -> None:
        self._source = source

    async def respond(self, request: Request, *, remote_address: str) -> Response:
        """200 with the document, 304 for who has it, or a problem with a code."""
        del remote_address  # nothing in it is secret
        if request.method not in _METHODS:
            detail = "this address takes GET and HEAD only"
            return problem(405, "method_not_allowed", detail, headers=(("allow", ", ".join(_METHODS)),))
        try:
            signed = await self._source.current()
        except AuthorityUnavailable as error:
            return problem(503, "authority_unavailable", str(error), headers=_RETRY)
        headers = (("etag", signed.etag), ("cache-control", _CACHE))
        if etag_matches(request.headers.get("if-none-match"), signed.etag):
            return Response(status=304, content_type="", headers=headers)
        return Response(status=200, content_type=MEDIA_TYPE, body=signed.text, headers=headers)
