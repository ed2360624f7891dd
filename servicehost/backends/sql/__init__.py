"""The store and the read models on SQL: one set of tables, SQLAlchemy Core, no ORM."""
