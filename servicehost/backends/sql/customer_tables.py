"""The tables of customers, delegates, notices and ends of contracts."""

__all__: list[str] = []
