"""A hasher that is quick and remembers what it was asked."""

__all__ = ["PlainHasher"]


class PlainHasher:
    """Implements `ports.hasher.Hasher`; `verified` holds the hashes it compared, None where nobody was known."""

    def __init__(self) -> None:
        self.verified: list[str | None] = []

    async def hash(self, password: str) -> str:
        return f"plain:{password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append(password_hash)
        return password_hash == f"plain:{password}"
