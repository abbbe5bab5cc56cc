"""Posts that are kept as evidence: until a day they do not go by age. What its author deletes goes anyway."""

from dataclasses import dataclass
from datetime import datetime

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.values import Hold
from monitor.core.clock import stamp

HELD = "EXISTS (SELECT 1 FROM holds WHERE post_id = p.id AND until > :now)"  # of a post `p`


@dataclass(frozen=True, slots=True)
class Holds:
    """The holds that there are."""

    db: Connection

    def all(self, now: datetime) -> list[Hold]:
        """Return the holds that have not ended, the one that ends first at the top."""
        sql = "SELECT * FROM holds WHERE until > ? ORDER BY until, post_id"
        return self.db.records(Hold, sql, [stamp(now)])


@dataclass(frozen=True, slots=True)
class HoldsWriter(Holds):
    """The holds, and what changes them."""

    db: WriteConnection

    def save(self, hold: Hold) -> None:
        """Hold a post, since its earlier hold if it has one; those that have ended are forgotten."""
        with self.db.transaction():
            self.db.execute("DELETE FROM holds WHERE until <= ?", [stamp(hold.made_at)])
            row = [hold.post, hold.reason, hold.by, hold.post, stamp(hold.made_at), stamp(hold.until)]
            began = "ifnull((SELECT made_at FROM holds WHERE post_id = ?), ?)"
            self.db.execute(f"INSERT OR REPLACE INTO holds VALUES (?, ?, ?, {began}, ?)", row)
