from django.db import migrations

from privacy_app.ledger.append_only import AppendOnly


class Migration(migrations.Migration):
    """What was told, accepted and changed is never rewritten. Drafts of a later kind can be exempted by a condition."""

    dependencies = [("consent", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        AppendOnly("consent_policy"),
        AppendOnly("consent_policytext"),
        AppendOnly("consent_agreement"),
        AppendOnly("consent_agreementtext"),
        AppendOnly("consent_acceptance"),
        AppendOnly("consent_purposeversion"),
        AppendOnly("consent_purposetext"),
        AppendOnly("consent_purposerecipient"),
        AppendOnly("consent_consentchange"),
    ]
