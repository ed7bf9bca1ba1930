"""DATA_DIR/demo.json: what people and scripts need to drive the demo. Its secrets exist nowhere else."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from demo.logins import LOGINS, PASSWORD
from demo.world import Inhabitant, World
from users.models import PairwiseId

_SUBJECTS = 20


def handover(world: World, first: Inhabitant) -> dict[str, Any]:
    """The content of demo.json. Each partner's subjects are those it has a name for; `first` is the first of them."""
    order = {inhabitant.user.pk: inhabitant.number for inhabitant in world.inhabitants if inhabitant.user}
    assert first.user is not None
    order[first.user.pk] = -1
    partners = []
    for key, client in world.clients.items():
        known = PairwiseId.objects.filter(partner=client.partner, person_id__in=order).values_list("person_id", "id")
        subjects = [str(name) for _, name in sorted(known, key=lambda row: order[row[0]])[:_SUBJECTS]]
        partners.append(
            {
                "id": str(client.partner_id),
                "name": client.partner.legal_name,
                "client_id": client.client_id,
                "client_secret": world.secrets[key],
                "scopes": client.scopes,
                "subjects": subjects,
            }
        )
    return {
        "url": settings.SITE_URL,
        "logins": [{"role": login.role, "email": login.email, "password": PASSWORD} for login in LOGINS],
        "partners": partners,
    }


def write(content: dict[str, Any]) -> Path:
    """Write demo.json, for its owner's eyes only; returns where it is."""
    path: Path = settings.DATA_DIR / "demo.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
    unfinished.replace(path)
    return path
