"""The server's own settings: one struct a table, one file that gathers them, one that loads them."""
