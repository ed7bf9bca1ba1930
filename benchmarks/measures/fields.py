"""Reading 1,000 people with six encrypted values each, beside rows with six columns."""

from django.utils import timezone

from benchmarks.against import tables
from benchmarks.around.rounds import rate, take
from benchmarks.around.table import Section, at_least, rate_line
from benchmarks.around.world import BATCH, HELD, World
from users.services.items import chosen_items, read

_ROUNDS = 9


def measure(world: World) -> Section:
    people = [person.pk for person in world.people[:BATCH]]
    _copy_into_the_others_tables(world)

    def ours() -> None:
        now = timezone.now()
        readings = read(chosen_items(people, HELD, at=now), at=now)
        assert len(readings) == BATCH * len(HELD)
        assert all(reading.is_readable for reading in readings)

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
            rate_line("people", figures, "django-cryptography", at_least(4), if_missed="TODO"),
            rate_line("people", figures, "plain models"),
        ],
    )


def _copy_into_the_others_tables(world: World) -> None:
    tables.create()
    now = timezone.now()
    held: dict[object, dict[str, str]] = {}
    for reading in read(chosen_items([person.pk for person in world.people[:BATCH]], HELD, at=now), at=now):
        values = held.setdefault(reading.item.person_id, {})
        values[reading.item.element_id.partition(".")[2]] = reading.value or ""
    for model in (tables.PlainPerson, tables.EncryptedPerson):
        model._default_manager.bulk_create(model(**values) for values in held.values())
