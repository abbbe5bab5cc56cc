"""The words of a web address that only tell who passed it on, or how. Pure.

The list is ours, and leaves alone what it does not know. Browsers say which words track people:
https://github.com/brave/brave-core/blob/master/components/query_filter/utils.cc and
https://firefox-source-docs.mozilla.org/toolkit/components/antitracking/anti-tracking/query-stripping/
"""

import re

_TRACKING = re.compile(
    r"(?:utm_|oly_|vero_|_hs|ml_subscriber)\w*|(?:fb|g|d|tw|tt|y)clid|msclkid|[gw]braid|gclsrc|srsltid|_gl|mkt_tok"
    r"|mc_[ce]id|igsh(?:id)?|ref_(?:src|url)|fb_(?:action_ids|comment_id|ref|source)|mibextid|cmpid|ito"
    r"|(?:at|ns)_(?:medium|mchannel|source|campaign|linkname|fee|custom|bbc|link|ptr|format)\w*"  # of the BBC
)


def is_tracking(word: str) -> bool:
    """Return whether a part of an address's query, such as "utm_source=x", says nothing of the page."""
    return _TRACKING.fullmatch(word.partition("=")[0].casefold()) is not None
