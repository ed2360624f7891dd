"""Alembic's entry: runs the steps on the connection it is given."""

from alembic import context

from servicehost.backends.sql import area_tables as _area_tables  # noqa: F401 - as above
from servicehost.backends.sql import audit_tables as _audit_tables  # noqa: F401 - adds its tables to METADATA
from servicehost.backends.sql import case_tables as _case_tables  # noqa: F401 - adds its tables to METADATA
from servicehost.backends.sql import consent_tables as _consent_tables  # noqa: F401 - as above
from servicehost.backends.sql import custody_tables as _custody_tables  # noqa: F401 - as above
from servicehost.backends.sql import customer_tables as _customer_tables  # noqa: F401 - as above
from servicehost.backends.sql import destination_tables as _destination_tables  # noqa: F401 - as above
from servicehost.backends.sql import errand_tables as _errand_tables  # noqa: F401 - as above
from servicehost.backends.sql import event_tables as _event_tables  # noqa: F401 - as above
from servicehost.backends.sql import group_tables as _group_tables  # noqa: F401 - as above
from servicehost.backends.sql import module_tables as _module_tables  # noqa: F401 - as above
from servicehost.backends.sql import preset_tables as _preset_tables  # noqa: F401 - as above
from servicehost.backends.sql import right_tables as _right_tables  # noqa: F401 - as above
from servicehost.backends.sql import rollout_tables as _rollout_tables  # noqa: F401 - as above
from servicehost.backends.sql import schedule_tables as _schedule_tables  # noqa: F401 - as above
from servicehost.backends.sql import snapshot_tables as _snapshot_tables  # noqa: F401 - as above
from servicehost.backends.sql import stock_tables as _stock_tables  # noqa: F401 - as above
from servicehost.backends.sql import task_tables as _task_tables  # noqa: F401 - as above
from servicehost.backends.sql import triage_tables as _triage_tables  # noqa: F401 - as above
from servicehost.backends.sql.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
