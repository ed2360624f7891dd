"""A service host: it keeps one mutually authenticated session with each service adapter. ARCHITECTURE.md is the map."""
