"""A simulated fleet of service adapters. It imports `protocol` and nothing of the host."""
