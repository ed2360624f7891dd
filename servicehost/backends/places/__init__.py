"""The packaged list of Japan's municipalities and postal codes: how it is read, and the tool that makes it."""
