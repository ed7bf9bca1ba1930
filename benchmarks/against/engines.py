"""Engines that decide in process, each asked what the gate is asked, of as many partners and purposes as a site may have.

They know of one engagement for each partner and look at one attribute, the state of the consent: a part of what the
gate looks at. Each is given its policies parsed, and what it is asked in the form that it takes.
"""

from collections.abc import Callable
from importlib.util import find_spec

PARTNERS, PURPOSES = 8, 4
PARTNER, PURPOSE, ACTION, LIVE = "partner3", "purpose2", "share", "ConsentGiven"

_CASBIN_MODEL = """
[request_definition]
r = partner, purpose, action, state
[policy_definition]
p = partner, purpose, action, state
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.partner == p.partner && r.purpose == p.purpose && r.action == p.action && r.state == p.state
"""
_CEDAR_POLICY = """
permit (principal == Partner::"partner{partner}", action == Action::"share", resource == Purpose::"purpose{purpose}")
when {{ context.state == "ConsentGiven" }};
"""


def installed() -> dict[str, Callable[[], None]]:
    """By name the engines that are installed; each call decides once, and permits."""
    engines = {}
    if find_spec("casbin"):
        engines["casbin"] = _casbin()
    if find_spec("cedarpy"):
        engines["cedarpy"] = _cedar()
    return engines


def _casbin() -> Callable[[], None]:
    import casbin  # only where the group `bench` is installed

    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=_CASBIN_MODEL))
    for partner in range(PARTNERS):
        for purpose in range(PURPOSES):
            enforcer.add_policy(f"partner{partner}", f"purpose{purpose}", ACTION, LIVE)

    def decide() -> None:
        assert enforcer.enforce(PARTNER, PURPOSE, ACTION, LIVE)

    return decide


def _cedar() -> Callable[[], None]:
    import cedarpy  # only where the group `bench` is installed

    policies = cedarpy.PolicySet.from_str(
        "".join(
            _CEDAR_POLICY.format(partner=partner, purpose=purpose)
            for partner in range(PARTNERS)
            for purpose in range(PURPOSES)
        )
    )
    entities = cedarpy.Entities.from_json_str("[]")
    request = {
        "principal": f'Partner::"{PARTNER}"',
        "action": f'Action::"{ACTION}"',
        "resource": f'Purpose::"{PURPOSE}"',
        "context": {"state": LIVE},
    }

    def decide() -> None:
        assert cedarpy.is_authorized(request, policies, entities).allowed

    return decide
