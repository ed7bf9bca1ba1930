from django.db import migrations

from privacy_app.ledger.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [AppendOnly("disclosure_release")]
