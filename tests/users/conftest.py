import pytest

from tests.api.callers import World


@pytest.fixture
def world(db: None) -> World:
    """The website and two partners, who are engaged."""
    return World()
