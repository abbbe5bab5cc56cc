"""The tables of the second file; `migrations/` makes them."""

from monitor.accounts.trail import chain
from monitor.core.errors import AccessError
from monitor.schema_upgrade import Schema

SCHEMA = Schema(
    name="access",
    package="monitor.accounts",
    fingerprint="b70867b2a6cbc9f6a5ca824955d811ef7aa129a150523772163f88e0c77ab496",
    error=AccessError,
    title="the file of accounts",
    # Files from before these tables were there have nothing to put in them.
    expendable=("devices", "alerts"),
    refill=chain,
    refilled_after={"m005_trail": chain},
)
