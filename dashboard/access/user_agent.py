"""What a browser says of itself, in words that its owner knows."""

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
             "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
_SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
            "CrOS": "Chromebook", "Mac OS": "Mac", "Linux": "Linux"}  # fmt: skip


def device(agent: str) -> str:
    """Return 'Firefox on Windows' for a User-Agent; the order matters, as each claims to be its elders."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), None)
    return f"{browser} on {system}" if system else browser
