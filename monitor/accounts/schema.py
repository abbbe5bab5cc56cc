"""The tables of the second file; `migrations/` makes them."""

from monitor.core.errors import AccessError
from monitor.schema_upgrade import Schema

SCHEMA = Schema(
    name="access",
    package="monitor.accounts",
    fingerprint="90bb9d5230f3ac411b47ea28aaa9f28379a1744cea4f532897817393805eddb4",
    error=AccessError,
    title="the file of accounts",
    # Files from before these tables were there have nothing to put in them.
    expendable=("devices", "alerts"),
)
