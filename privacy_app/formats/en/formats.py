"""English dates where Django writes them by itself, in the reference data: as on every other page."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
