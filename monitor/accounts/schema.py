"""The tables of the second file; `migrations/` makes them."""

from monitor.accounts.trail import chain
from monitor.core.errors import AccessError
from monitor.schema_upgrade import Schema

SCHEMA = Schema(
    name="access",
    package="monitor.accounts",
    fingerprint="b99b4eb93638f991d864f0007620f36f95f051e61681736250c2cd0a719c325e",
    error=AccessError,
    title="the file of accounts",
    # Files from before these tables were there have nothing to put in them.
    expendable=("devices", "alerts"),
    refill=chain,
    refilled_after={"m005_trail": chain},
)
