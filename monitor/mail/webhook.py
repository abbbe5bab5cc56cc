"""Alerts for a chat: Slack, Teams, or any server that the campaign file names."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from monitor.alerts.rules import Alert
from monitor.core.errors import ConfigError, MailDeferredError, MailRefusedError, MailUncertainError
from monitor.mail.store import Claimed

SLACK = ("hooks.slack.com",)
TEAMS = (".webhook.office.com", ".logic.azure.com", ".api.powerplatform.com")  # and what stands before them
_HERE = ("localhost", "127.0.0.1")
_TIMES = (5.0, 10.0)  # seconds to connect, and to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A chat's address. It is a secret: whoever has it may write there."""

    url: str = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def words(self) -> str:
        """Return where alerts go, for people."""
        return f"Alerts go to the chat at {self.host}."

    def body(self, alert: Alert, *, title: str, base: str) -> bytes:
        """Return an alert as this chat wants it. `title` names the campaign, `base` begins its addresses."""
        links = [(text, base + address) for text, address in alert.links.items()]
        if self.host in SLACK:
            payload = _slack(f"{title}: {alert.title}", alert.cause, links)
        elif self.host.endswith(TEAMS):
            payload = _teams(f"{title}: {alert.title}", alert.cause, links)
        else:
            payload = {
                "campaign": title, "rule": alert.rule, "subject": alert.subject, "title": alert.title,
                "cause": alert.cause, "links": [{"text": text, "url": url} for text, url in links],
            }  # fmt: skip
        return json.dumps(payload).encode()

    def deliver(self, mail: Claimed, hand_over: Callable[[], bool]) -> bool:
        """Hand an alert to the chat; as Transport.deliver. What is said of an error never has the address."""
        import requests

        if not hand_over():
            return False
        with requests.Session() as session:
            session.trust_env = False  # no password of a .netrc
            try:
                answer = session.post(
                    self.url, data=mail.body, headers={"Content-Type": "application/json"}, timeout=_TIMES,
                    allow_redirects=False, stream=True,
                )  # fmt: skip
            except requests.RequestException as error:
                if _never_began(error):
                    raise MailDeferredError("The chat's server could not be reached.") from None
                raise MailUncertainError("The chat's server did not answer.") from None
            code = answer.status_code
            answer.close()
        if code == 429 or code >= 500:
            raise MailDeferredError(f"The chat's server answered {code}.")
        if not 200 <= code < 300:
            raise MailRefusedError(
                f"The chat's server answered {code}. Create a new webhook, and correct MONITOR_WEBHOOK."
            )
        return True


def webhook(env: Mapping[str, str], hosts: Iterable[str]) -> Webhook | None:
    """Return the chat that the environment names, or None; raises ConfigError if it may not be written to.

    `hosts` are the names of servers that are allowed beside those of Slack and Teams.
    """
    url = env.get("MONITOR_WEBHOOK", "")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port, user = parts.hostname or "", parts.port, parts.username
    except ValueError:
        host, port, user = "", None, None
    own = host in tuple(hosts)
    if (
        re.search(r"[\\\s]", url)  # others read such an address as one of another server
        or not host
        or user
        or not (parts.scheme == "https" or (parts.scheme == "http" and own and host in _HERE))
    ):
        raise ConfigError(
            "MONITOR_WEBHOOK: expected an address that begins with https://, without a user name in it."
        )
    if not own and (port not in (None, 443) or not (host in SLACK or host.endswith(TEAMS))):
        raise ConfigError(
            f"MONITOR_WEBHOOK: {host} is not a Slack or Teams server. If alerts are meant to go there, add it"
            " to webhook_hosts under [alerts] in the campaign file."
        )
    return Webhook(url=url)


def _never_began(error: Exception) -> bool:
    """Return whether there was no connection, so that nothing can have arrived."""
    from requests import ConnectTimeout
    from urllib3.exceptions import NewConnectionError, SSLError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, ConnectTimeout) or isinstance(cause, NewConnectionError | SSLError)


def _slack(title: str, cause: str, links: list[tuple[str, str]]) -> dict[str, object]:
    """Return a message as Slack's incoming webhooks take it: https://api.slack.com/messaging/webhooks"""
    title, cause, *texts = (
        escape(text, quote=False) for text in (title, cause, *(text for text, _ in links))
    )
    addresses = (f"<{url}|{text}>" for text, (_, url) in zip(texts, links, strict=True))
    return {"text": "\n".join([f"*{title}*", cause, *addresses]), "unfurl_links": False}


def _teams(title: str, cause: str, links: list[tuple[str, str]]) -> dict[str, object]:
    """Return an adaptive card, as a Teams workflow takes it: https://adaptivecards.io/explorer/"""
    card = {
        "type": "AdaptiveCard", "version": "1.4", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "body": [
            {"type": "TextBlock", "text": title, "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": cause, "wrap": True},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": text, "url": url} for text, url in links],
    }  # fmt: skip
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }
