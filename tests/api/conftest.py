import pytest

from tests.api.callers import World


@pytest.fixture
def world(django_db_setup: None, request: pytest.FixtureRequest) -> World:
    """The website and its partners, in whichever database the test works on."""
    request.getfixturevalue("db" if request.node.get_closest_marker("django_db") else "committed_db")
    return World()
