"""What staff look after of people, partners and the registry."""

from users.admin import clients, elements, events, freezes, partners, people, places, roles, webhooks

__all__ = ["clients", "elements", "events", "freezes", "partners", "people", "places", "roles", "webhooks"]
