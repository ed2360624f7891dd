"""What the service needs of the world, as Protocols: the docstrings are the contracts; one suite tests each backend."""
