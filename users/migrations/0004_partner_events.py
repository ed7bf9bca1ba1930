import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0003_violations"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("consent.withdrawn", "a consent was withdrawn"),
                            ("consent.expired", "a consent has expired"),
                            ("consent.revoked", "a consent was revoked"),
                            ("consent.invalidated", "a consent is no longer valid"),
                            ("engagement.ending", "an engagement will end soon"),
                            ("engagement.ended", "an engagement has ended"),
                            ("item.corrected", "a value was corrected"),
                            ("person.erased", "a person was erased"),
                            ("disclosure.revoked", "a disclosure was revoked"),
                        ],
                        max_length=32,
                        verbose_name="what it is told",
                    ),
                ),
                ("subject", models.UUIDField(null=True, verbose_name="the partner's id for the person")),
                ("data", models.JSONField(verbose_name="content")),
                ("occasion", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField(verbose_name="when it happened")),
                ("position", models.BigIntegerField(null=True, verbose_name="position")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="acknowledged")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="users.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "event for a partner",
                "verbose_name_plural": "events for partners",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("position__isnull", True)),
                        fields=["at", "id"],
                        name="event_without_position",
                    ),
                    models.Index(
                        condition=models.Q(("acknowledged_at__isnull", True)),
                        fields=["partner", "at"],
                        name="event_unacknowledged",
                    ),
                    models.Index(fields=["-at", "-id"], name="event_newest_first"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "position"), name="event_position_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("occasion", ""), _negated=True),
                        fields=("partner", "type", "occasion"),
                        name="event_occasion_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acknowledged_at__isnull", True), ("position__isnull", False), _connector="OR"
                        ),
                        name="event_acknowledged_has_position",
                    ),
                ],
            },
        ),
    ]
