"""The keys that platforms ask for: read from the environment, and never shown."""

from collections.abc import Iterable, Mapping

from monitor.core.errors import Refused
from monitor.platform_info import about


def of(platform: str, env: Mapping[str, str]) -> list[str]:
    """Return a platform's keys, those that add something if it needs none; raises Refused as `read` does."""
    info = about(platform)
    return read(info.key_names, env, info.how_to)


def read(names: Iterable[str], env: Mapping[str, str], how_to: str) -> list[str]:
    """Return the keys of these names; raises Refused, naming those that are missing or cannot be keys."""
    keys = {name: env.get(name, "").strip() for name in names}
    if missing := [name for name, key in keys.items() if not key]:
        raise Refused(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing from .env. {how_to}"
        )
    if odd := [name for name, key in keys.items() if not _is_key(key)]:
        raise Refused(
            f"{' and '.join(odd)} in .env cannot be right: a key has no spaces, quotation marks "
            "or accented letters. Copy it again."
        )
    return list(keys.values())


def _is_key(text: str) -> bool:
    return text.isascii() and text.isprintable() and not any(sign in text for sign in " \"'")
