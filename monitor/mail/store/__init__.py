"""Mail, as far as it has to be remembered: who gets which, what is on its way, what was decided each week.

It lies in the file of the accounts: addresses are of the office, and no copy of the archive has them.
"""

from monitor.mail.store.alert_log import AlertLog, RaisedAlert
from monitor.mail.store.digest_runs import DigestRun, DigestRuns
from monitor.mail.store.outbox import Claimed, Delivery, Mail, Outbox
from monitor.mail.store.subscriptions import KINDS, Subscription, Subscriptions, address_of


class MailStore(Subscriptions, Outbox, DigestRuns, AlertLog):
    """The readers, the outbox, the weeks and the alerts of all campaigns in one file."""
