import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from privacy_app.ledger.append_only import AppendOnly


class Migration(migrations.Migration):
    """Notices to everybody, who has read them, and their way by mail."""

    dependencies = [
        ("ledger", "0002_append_only"),
        ("consent", "0003_policy_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("policy", "change of the policy"), ("news", "product news"), ("message", "message")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("posted_at", models.DateTimeField(verbose_name="posted")),
                ("until", models.DateTimeField(null=True, verbose_name="shown until")),
                (
                    "policy",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcement",
                        to="consent.policy",
                        verbose_name="policy version",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
            },
        ),
        migrations.CreateModel(
            name="AnnouncementReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="consent.announcement",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnnouncementText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "Simplified Chinese")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("body", models.TextField(verbose_name="text")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="consent.announcement"
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a notice",
                "verbose_name_plural": "texts of a notice",
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("paused", "paused"),
                            ("finished", "finished"),
                            ("stopped", "stopped for good"),
                        ],
                        default="running",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(verbose_name="mails a minute")),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("run", models.PositiveIntegerField(default=1)),
                ("cursor", models.UUIDField(null=True)),
                ("is_listed", models.BooleanField(default=False)),
                ("paced_at", models.DateTimeField()),
                ("held_up_since", models.DateTimeField(null=True)),
                ("listed", models.PositiveIntegerField(default=0)),
                ("sent", models.PositiveIntegerField(default=0)),
                ("bounced", models.PositiveIntegerField(default=0)),
                ("skipped_unconfirmed", models.PositiveIntegerField(default=0)),
                ("skipped_closed", models.PositiveIntegerField(default=0)),
                ("skipped_objected", models.PositiveIntegerField(default=0)),
                ("skipped_erased", models.PositiveIntegerField(default=0)),
                (
                    "announcement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mailing", to="consent.announcement"
                    ),
                ),
            ],
            options={
                "verbose_name": "mailing",
                "verbose_name_plural": "mailings",
            },
        ),
        migrations.CreateModel(
            name="MailingRecipient",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "to do"),
                            ("sent", "sent"),
                            ("bounced", "came back"),
                            ("skipped", "skipped"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=32)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                (
                    "mailing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recipients",
                        to="consent.mailing",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["-posted_at", "-id"], name="announcement_newest_first"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "policy"), ("policy__isnull", False)),
                    models.Q(models.Q(("kind", "policy"), _negated=True), ("policy__isnull", True)),
                    _connector="OR",
                ),
                name="announcement_names_its_policy",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("posted_at")), _connector="OR"),
                name="announcement_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementreceipt",
            constraint=models.UniqueConstraint(fields=("person", "announcement"), name="announcement_seen_once"),
        ),
        migrations.AddConstraint(
            model_name="announcementtext",
            constraint=models.UniqueConstraint(fields=("announcement", "language"), name="announcement_text_once"),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state__in", ["finished", "stopped"])),
                    models.Q(("finished_at__isnull", True), ("state__in", ["running", "paused"])),
                    _connector="OR",
                ),
                name="mailing_end_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(condition=models.Q(("per_minute__gt", 0)), name="mailing_goes_on"),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "listed__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("sent"), "+", models.F("bounced")
                                        ),
                                        "+",
                                        models.F("skipped_unconfirmed"),
                                    ),
                                    "+",
                                    models.F("skipped_closed"),
                                ),
                                "+",
                                models.F("skipped_objected"),
                            ),
                            "+",
                            models.F("skipped_erased"),
                        ),
                    )
                ),
                name="mailing_counts_add_up",
            ),
        ),
        migrations.AddIndex(
            model_name="mailingrecipient",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["mailing", "due_at", "id"],
                name="mailing_recipient_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailingrecipient",
            constraint=models.UniqueConstraint(fields=("mailing", "person"), name="mailing_recipient_once"),
        ),
        migrations.AddConstraint(
            model_name="mailingrecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "pending")),
                    models.Q(models.Q(("state", "pending"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="mailing_settled_has_time",
            ),
        ),
        AppendOnly("consent_announcementtext"),
    ]
