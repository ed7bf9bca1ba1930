"""The campaigns by which people are led here. A link names one of them (`?from=spring-fair`); no other is ever remembered."""

CAMPAIGNS = frozenset({"newsletter", "spring-fair", "partner-page", "poster"})
PARAMETER = "from"
