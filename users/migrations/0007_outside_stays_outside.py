from django.db import migrations, models

_MARK = """
UPDATE users_dataelement SET excluded_by = 'EXC-b' WHERE category = 'activity' AND excluded_by NOT IN ('EXC-a', 'EXC-b');
UPDATE users_dataelement SET excluded_by = 'EXC-c' WHERE category = 'enforcement' AND excluded_by <> 'EXC-c';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0006_access_records"),
    ]

    operations = [
        migrations.RunSQL(_MARK, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="dataelement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category__in", ["activity", "enforcement"]), _negated=True),
                    models.Q(("category", "activity"), ("excluded_by__in", ("EXC-a", "EXC-b"))),
                    models.Q(("category", "enforcement"), ("excluded_by__in", ("EXC-c",))),
                    _connector="OR",
                ),
                name="element_outside_stays_outside",
            ),
        ),
    ]
