from django.db import migrations, models

_SIGNIFICANCE = [
    ("editorial", "editorial: posted, and nobody is disturbed"),
    ("significant", "significant: everybody is told"),
]
_LIVE = ["ConsentGiven", "RenewedConsentGiven"]


class Migration(migrations.Migration):
    """What was published before that was said counts as significant: nobody was asked for what was new in it."""

    dependencies = [("consent", "0004_announcements")]
    operations = [
        migrations.AddField(
            "purposeversion",
            "significance",
            models.CharField(choices=_SIGNIFICANCE, default="significant", max_length=16, verbose_name="significance"),
            preserve_default=False,
        ),
        migrations.AddField(
            "purposeversion",
            "proposed_significance",
            models.CharField(
                choices=_SIGNIFICANCE,
                default="significant",
                max_length=16,
                verbose_name="significance that was proposed",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "purposeversion",
            "significance_reason",
            models.TextField(blank=True, verbose_name="why it differs from what was proposed"),
        ),
        migrations.AddField(
            "purposeversion",
            "meaning_changed",
            models.BooleanField(default=False, verbose_name="the meaning of what was named has changed"),
        ),
        migrations.AddConstraint(
            "purposeversion",
            models.CheckConstraint(
                condition=models.Q(significance=models.F("proposed_significance")) | ~models.Q(significance_reason=""),
                name="purpose_version_disagreeing_takes_a_reason",
            ),
        ),
        migrations.AddConstraint(
            "purposeversion",
            models.CheckConstraint(
                condition=models.Q(meaning_changed=False) | models.Q(significance="significant"),
                name="purpose_version_of_new_meaning_is_significant",
            ),
        ),
        migrations.AddIndex(
            "consent",
            models.Index(fields=["version"], condition=models.Q(state__in=_LIVE), name="live_consent_by_version"),
        ),
        migrations.AddField(
            "consentchange",
            "more",
            models.CharField(blank=True, choices=[("asked", "Asked"), ("refused", "Refused")], max_length=8),
        ),
        migrations.AddConstraint(
            "consentchange",
            models.CheckConstraint(
                condition=models.Q(more="") | models.Q(before=models.F("after"), after__in=_LIVE),
                name="consent_stays_where_more_is_asked",
            ),
        ),
    ]
