"""The wire between a service host and its units: language and Sans-I/O layers.

Nothing here opens a socket, reads a clock, logs or knows asyncio. The host and the simulator both stand on it.
"""
