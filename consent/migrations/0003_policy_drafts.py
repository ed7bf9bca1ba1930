import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privacy_app.ledger.append_only import AppendOnly


def posted_at(model):
    """What is published already was posted when it was published. No trigger sees a column change its type."""
    table = f"consent_{model}"
    return [
        migrations.AddField(model, "posted_at", models.DateTimeField(null=True, verbose_name="posted")),
        migrations.RunSQL(
            f"ALTER TABLE {table} ALTER COLUMN posted_at TYPE timestamptz USING published_at", migrations.RunSQL.noop
        ),
        migrations.AlterField(model, "posted_at", models.DateTimeField(verbose_name="posted")),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_append_only"),
        ("ledger", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("save", "saved"),
                            ("compare", "compared with the newest version"),
                            ("submit", "submitted"),
                            ("return", "sent back"),
                            ("publish", "published"),
                            ("discard", "discarded"),
                        ],
                        max_length=16,
                    ),
                ),
                ("changed", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True, verbose_name="why")),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["draft", "-number"],
            },
        ),
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafting", "being written"),
                            ("submitted", "waits for a second person"),
                            ("published", "published"),
                            ("discarded", "discarded"),
                        ],
                        default="drafting",
                        max_length=16,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("content", models.JSONField()),
                ("submitted_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "draft of the policy",
                "verbose_name_plural": "drafts of the policy",
            },
        ),
        *posted_at("agreement"),
        *posted_at("policy"),
        migrations.AddField(
            model_name="policy",
            name="proposed_significance",
            field=models.CharField(
                choices=[
                    ("editorial", "editorial: posted, and nobody is disturbed"),
                    ("significant", "significant: everybody is told"),
                ],
                default="editorial",
                max_length=16,
                verbose_name="significance that was proposed",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="policy",
            name="significance",
            field=models.CharField(
                choices=[
                    ("editorial", "editorial: posted, and nobody is disturbed"),
                    ("significant", "significant: everybody is told"),
                ],
                default="editorial",
                max_length=16,
                verbose_name="significance",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="policy",
            name="significance_reason",
            field=models.TextField(blank=True, verbose_name="why it differs from what was proposed"),
        ),
        migrations.AddField(
            model_name="policytext",
            name="summary",
            field=models.TextField(blank=True, verbose_name="what changed, in short"),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="published_at",
            field=models.DateTimeField(verbose_name="in force from"),
        ),
        migrations.AlterField(
            model_name="policy",
            name="published_at",
            field=models.DateTimeField(verbose_name="in force from"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("posted_at__lte", models.F("published_at"))),
                name="agreement_posted_before_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("posted_at__lte", models.F("published_at"))), name="policy_posted_before_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("significance", models.F("proposed_significance")),
                    models.Q(("significance_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="policy_disagreeing_takes_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="draftstep",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="draftstep",
            name="entry",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="base",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="consent.policy"
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="policy",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="draft", to="consent.policy"
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="published_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policydraft",
            name="submitted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="draftstep",
            name="draft",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="consent.policydraft"
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(("state__in", ["drafting", "submitted"])),
                name="draft_one_in_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                    models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                    _connector="OR",
                ),
                name="draft_submitted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["drafting", "discarded"]), ("submitted_by__isnull", False), _connector="OR"
                ),
                name="draft_waits_once_submitted",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("policy__isnull", False), ("published_by__isnull", False), ("state", "published")),
                    models.Q(
                        models.Q(("state", "published"), _negated=True),
                        ("policy__isnull", True),
                        ("published_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="draft_published_is_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(("published_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="draft_published_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=models.UniqueConstraint(fields=("draft", "number"), name="draft_step_once"),
        ),
        AppendOnly("consent_draftstep"),
    ]
