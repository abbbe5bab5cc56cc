"""The mail by which the office hears of a new privacy request; nothing in it was written by somebody else."""

from monitor.mail.envelope import Content, Heading
from monitor.mail.message import mail_of
from monitor.mail.store import Mail
from monitor.mail.weekly import DigestJob


def announcement(weekly: DigestJob) -> tuple[Mail, ...]:
    """Return the mail to the contact for privacy, one a day at most; nothing while there is no contact."""
    campaign, now = weekly.campaign, weekly.clock()
    if not (to := campaign.privacy.contact):
        return ()
    day = str(now.astimezone(campaign.zone).date())
    heading = Heading(to=to, date=now, message_id=f"<request.{weekly.key}.{day}@{weekly.sender.host}>")
    words = Content(
        subject=f"A privacy request about {campaign.name}",
        text="Somebody used the form on the privacy page today. What they ask, and by when it has to be"
        f" answered, is in the register:\n{weekly.base}/privacy/requests\n",
    )
    return (mail_of(words, heading, sender=weekly.sender, kind="request", period=day),)
