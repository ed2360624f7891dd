"""The demonstration: a real host and a real simulated fleet, each its own process, on loopback, in a throwaway folder.

Everything people do here goes through the HTTP API under their own accounts, as it would in earnest.
"""
