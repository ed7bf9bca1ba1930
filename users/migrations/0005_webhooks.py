import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0004_partner_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("secret", models.TextField()),
                ("previous_secret", models.TextField(blank=True)),
                ("previous_until", models.DateTimeField(null=True, verbose_name="the former secret still signs until")),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("disabled_at", models.DateTimeField(null=True, verbose_name="switched off")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhook_endpoints",
                        to="users.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["partner__legal_name", "created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("disabled_at__isnull", True)),
                        fields=("partner", "url"),
                        name="webhook_url_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("previous_secret", ""), ("previous_until__isnull", True)),
                            models.Q(
                                models.Q(("previous_secret", ""), _negated=True), ("previous_until__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="webhook_previous_secret_has_time",
                    ),
                ],
            },
        ),
    ]
