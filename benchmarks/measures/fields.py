"""Reading 1,000 people with six encrypted values each, beside rows with six columns."""

from uuid import UUID

from django.utils import timezone

from benchmarks.against import tables
from benchmarks.around.rounds import rate, take
from benchmarks.around.table import Section, at_least, rate_line
from benchmarks.around.world import BATCH, HELD, World
from users.services.chosen import chosen_values

_ROUNDS = 9
_SEALED_EACH = (
    "each value is a row of its own, sealed on its own and bound to its row, so that values of several sources stand side "
    "by side and one that was moved does not open; the peer has one row for each person. One sealed record for each "
    "person and source would reach the aim."
)


def measure(world: World) -> Section:
    people = [person.pk for person in world.people[:BATCH]]
    _copy_into_the_others_tables(world)

    def ours() -> None:
        assert len(chosen_values(people, HELD, at=timezone.now())) == BATCH * len(HELD)

    def plain() -> None:
        assert len([(row.email, row.language) for row in tables.PlainPerson.objects.all()]) == BATCH

    def encrypted() -> None:
        assert len([(row.email, row.language) for row in tables.EncryptedPerson.objects.all()]) == BATCH

    figures = take(
        {
            "ours": rate(ours, count=BATCH),
            "plain models": rate(plain, count=BATCH),
            "django-cryptography": rate(encrypted, count=BATCH),
        },
        rounds=_ROUNDS,
    )
    return Section(
        f"Reading {BATCH:,} people × {len(HELD)} encrypted values",
        [
            rate_line("people", figures, "django-cryptography", at_least(4), if_missed=_SEALED_EACH),
            rate_line("people", figures, "plain models"),
        ],
    )


def _copy_into_the_others_tables(world: World) -> None:
    tables.create()
    people = [person.pk for person in world.people[:BATCH]]
    held: dict[UUID, dict[str, str]] = {}
    for (person, field), chosen in chosen_values(people, HELD, at=timezone.now()).items():
        held.setdefault(person, {})[field.partition(".")[2]] = chosen.value
    tables.PlainPerson.objects.bulk_create(tables.PlainPerson(**values) for values in held.values())
    tables.EncryptedPerson.objects.bulk_create(tables.EncryptedPerson(**values) for values in held.values())
