"""The tables of the second file; `migrations/` makes them."""

from monitor.accounts.trail import chain
from monitor.core.errors import AccessError
from monitor.schema_upgrade import Schema

SCHEMA = Schema(
    name="access",
    package="monitor.accounts",
    fingerprint="610340fa717d038e03c18c5f000319dbfea701d4930ef96dabb320dd288addad",
    error=AccessError,
    title="the file of accounts",
    # Files from before these tables were there have nothing to put in them.
    expendable=("devices", "alerts"),
    refill=chain,
    refilled_after={"m005_trail": chain},
)
