"""Somebody the host knows, as somebody who acts."""

from servicehost.domain.people import Actor, Person
from servicehost.domain.token import hash_token, token_mark

__all__ = ["actor_of"]


def actor_of(person: Person, *, source: str = "", token: str = "") -> Actor:
    """The person as somebody who is logged in, calling from an address and holding a token."""
    return Actor(
        person_id=person.person_id,
        master_id=person.master_id,
        name=person.name,
        role=person.role,
        management_code=person.management_code,
        source=source,
        token=token_mark(hash_token(token)) if token else "",
    )
