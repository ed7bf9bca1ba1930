"""What staff look after of people, partners and the registry."""

from users.admin import clients, elements, freezes, partners, people, places, roles

__all__ = ["clients", "elements", "freezes", "partners", "people", "places", "roles"]
