"""What a message says, to whom and from whom, before it is written."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: an address, the name shown with it, and the host for the numbers of messages."""

    address: str
    name: str

    @property
    def host(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says. `subject` holds words of ours, of the campaign file, and numbers."""

    subject: str
    text: str
    html: str = ""
    png: bytes = b""  # shown in the HTML as cid:week


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """To whom a message goes and as what. `leave` is the address of the page to get no more; may be empty."""

    to: str
    message_id: str
    date: datetime
    list_id: str = ""
    leave: str = ""
