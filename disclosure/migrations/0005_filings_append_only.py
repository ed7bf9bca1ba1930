from django.db import migrations

from privacy_app.ledger.append_only import AppendOnly


class Migration(migrations.Migration):
    """Who approved which version, what was said, and what was shown is never rewritten."""

    dependencies = [("disclosure", "0004_filings"), ("ledger", "0002_append_only")]
    operations = [
        AppendOnly("disclosure_approval"),
        AppendOnly("disclosure_remark"),
        AppendOnly("disclosure_opening"),
    ]
