import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privacy_app.ledger.append_only import AppendOnly


def _keys(words):
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=64), size=None, verbose_name=words
    )


def _kept(words, to, related_name="+", **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, verbose_name=words, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0002_append_only"),
        ("ledger", "0002_append_only"),
        ("users", "0002_channel_basis_and_sealed_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.AddField(
            "engagement",
            "contributes",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                blank=True,
                default=list,
                size=None,
                verbose_name="fields it may contribute",
            ),
        ),
        migrations.CreateModel(
            "Contribution",
            [
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("fields", _keys("fields")),
                ("accepted", _keys("accepted fields")),
                ("at", models.DateTimeField(verbose_name="contributed")),
                ("client", _kept("API client", settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ("entry", _kept("ledger entry", "ledger.entry")),
                ("partner", _kept("partner", "users.partner", "contributions")),
                ("person", _kept("person", settings.AUTH_USER_MODEL, "contributions", null=True)),
            ],
            options={
                "verbose_name": "contribution",
                "verbose_name_plural": "contributions",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["person", "-at"], name="contribution_by_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("accepted__contained_by", models.F("fields"))),
                        name="contribution_accepts_what_came",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person__isnull", False), ("accepted", []), _connector="OR"),
                        name="contribution_is_about_somebody",
                    ),
                ],
            },
        ),
        AppendOnly("disclosure_contribution"),
    ]
