"""By which names a dashboard answers, when it is not only on one computer."""

import ipaddress


class AllowedHosts(frozenset[str]):
    """Names, and any number of an IP address.

    A foreign site can point its own name at this machine (DNS rebinding), but cannot be a number.
    """

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or _is_number(str(name))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
