"""What browsers say of themselves, in a few words: all that is kept of a User-Agent and of Client Hints."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse

_BRAND = re.compile(r'"([^"]{1,60})";\s*v="(\d{1,4})')
# Engines, and the nonsense that browsers put among their brands so that nobody relies on the list.
_NO_BRAND = re.compile(r"Chromium|not.{0,3}a.{0,3}brand", re.IGNORECASE)
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Device:
    """`Firefox 140`, `Windows`, `iPhone`; empty where it could not be told. `device` is only said of what is carried."""

    browser: str = ""
    system: str = ""
    device: str = ""


@lru_cache(maxsize=4096)
def device_of(user_agent: str, brands: str = "", platform: str = "", is_mobile: bool = False) -> Device:
    """What the headers name. A hint counts where the User-Agent says nothing: both can be made up."""
    parsed = parse(user_agent)
    browser = " ".join(filter(None, (parsed.user_agent.family, parsed.user_agent.major))) if parsed.user_agent else ""
    model = parsed.device.model or parsed.device.family if parsed.device else ""
    return Device(
        browser=(browser or _brand_of(brands))[:_LONGEST],
        system=(parsed.os.family if parsed.os else platform.strip().strip('"'))[:_LONGEST],
        device=(model or ("mobile" if is_mobile else ""))[:_LONGEST],
    )


def _brand_of(brands: str) -> str:
    named = [f"{brand} {version}" for brand, version in _BRAND.findall(brands) if not _NO_BRAND.search(brand)]
    return named[0] if named else ""
