"""How somebody reads: text size and colours, as the `reading` cookie holds them (`large.dark`)."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class TextSize(StrEnum):
    NORMAL = "normal"
    LARGE = "large"
    LARGER = "larger"

    @property
    def label(self) -> Promise:
        return _SIZES[self]


class Colours(StrEnum):
    DEVICE = "device"
    LIGHT = "light"
    DARK = "dark"

    @property
    def label(self) -> Promise:
        return _COLOURS[self]


_SIZES = {
    TextSize.NORMAL: pgettext_lazy("text size", "Normal"),
    TextSize.LARGE: pgettext_lazy("text size", "Large"),
    TextSize.LARGER: pgettext_lazy("text size", "Larger"),
}
_COLOURS = {
    Colours.DEVICE: pgettext_lazy("colours", "As the device has it"),
    Colours.LIGHT: pgettext_lazy("colours", "Light"),
    Colours.DARK: pgettext_lazy("colours", "Dark"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    size: TextSize = TextSize.NORMAL
    colours: Colours = Colours.DEVICE

    def __str__(self) -> str:
        return f"{self.size}.{self.colours}"


def from_text(text: str) -> Reading | None:
    """What the cookie holds; None where it is none of ours."""
    size, _, colours = text.partition(".")
    try:
        return Reading(TextSize(size), Colours(colours))
    except ValueError:
        return None
