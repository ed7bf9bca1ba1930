import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privacy_app.ledger.append_only import app_role

# Both run as the owner, who alone may make and drop tables, whoever calls them: only the app's role may. They give up
# soon where a dump or a long query is in the way, since everybody who reads records would wait behind them.
_DAYS = """
CREATE FUNCTION access_day_begin(wanted date, with_key_id varchar, with_wrapped bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('access-day', 0));
    IF to_regclass('public.users_accessrecord_' || to_char(wanted, 'YYYYMMDD')) IS NULL THEN
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.users_accessrecord FOR VALUES FROM (%L) TO (%L)',
            'users_accessrecord_' || to_char(wanted, 'YYYYMMDD'), wanted, wanted + 1);
    END IF;
    INSERT INTO public.users_accessday (day, key_id, wrapped) VALUES (wanted, with_key_id, with_wrapped)
        ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION access_day_end(over date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('access-day', 0));
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'users_accessrecord_' || to_char(over, 'YYYYMMDD'));
    DELETE FROM public.users_accessday WHERE day = over;
    DELETE FROM public.users_accesstally WHERE day = over;
END $$;
REVOKE ALL ON FUNCTION access_day_begin(date, varchar, bytea), access_day_end(date) FROM PUBLIC;
"""
_TABLE = """
CREATE TABLE users_accessrecord (
    id uuid NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL,
    person_id uuid,
    address_index bytea,
    sealed bytea NOT NULL,
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE INDEX users_accessrecord_of_person ON users_accessrecord (person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX users_accessrecord_by_address ON users_accessrecord (address_index) WHERE address_index IS NOT NULL;
"""


def let_the_app_call(apps, schema_editor):
    schema_editor.execute(
        "GRANT EXECUTE ON FUNCTION access_day_begin(date, varchar, bytea), access_day_end(date) TO "
        + schema_editor.quote_name(app_role())
    )


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0005_webhooks"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("key_id", models.CharField(max_length=32)),
                ("wrapped", models.BinaryField()),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_TABLE, "DROP TABLE users_accessrecord")],
            state_operations=[
                migrations.CreateModel(
                    name="AccessRecord",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("day", models.DateField()),
                        ("at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("address_index", models.BinaryField(null=True)),
                        ("sealed", models.BinaryField()),
                    ],
                    options={"verbose_name": "access record", "verbose_name_plural": "access records"},
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "day"), name="access_tally_once")],
            },
        ),
        migrations.RunSQL(
            _DAYS,
            "DROP FUNCTION access_day_begin(date, varchar, bytea); DROP FUNCTION access_day_end(date)",
        ),
        migrations.RunPython(let_the_app_call, migrations.RunPython.noop),
    ]
