from django.db import migrations, models

from privacy_app.crypto import Unreadable, associated_data, seal, unwrap
from privacy_app.keyrings import data_keys

_CONTRACT = "contract"


def seal_evidence(apps, schema_editor):
    """What partners gave so far is the demo's, and rests on a contract: no call took anything from a partner yet."""
    alias = schema_editor.connection.alias
    items = apps.get_model("users", "PersonalDataItem").objects.using(alias)
    keys = apps.get_model("users", "PersonKey").objects.using(alias)
    for item in items.filter(source="partner"):
        item.channel_basis, item.sealed_evidence = _CONTRACT, _sealed(item, keys.filter(person=item.person_id).first())
        item.save(update_fields=["channel_basis", "sealed_evidence"])


def _sealed(item, key):
    """As `users.services.items` seals it; nothing where the person's key does not open: then the value does not, either."""
    if key is None:
        return b""
    owner = str(item.person_id)
    try:
        data_key = unwrap(bytes(key.wrapped), ring=data_keys(), key_id=key.key_id, owner=owner)
    except Unreadable:
        return b""
    context = associated_data("channel-evidence", str(item.id), owner, item.element_id)
    return seal(item.channel_evidence.encode(), key=data_key, context=context)


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("personaldataitem", "item_from_partner_has_channel"),
        migrations.AddField(
            "personaldataitem",
            "channel_basis",
            models.CharField(
                blank=True,
                choices=[
                    ("consent", "you consented to it"),
                    ("contract", "a contract with you needs it"),
                    ("legal_obligation", "a law requires it"),
                    ("vital_interest", "an emergency, to protect life, health or property"),
                    ("public_interest", "a task in the public interest needs it"),
                    ("public_source", "you made it public, or it was lawfully published"),
                ],
                default="",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField("personaldataitem", "sealed_evidence", models.BinaryField(null=True)),
        migrations.RunPython(seal_evidence, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("personaldataitem", "channel_evidence"),
        migrations.RenameField("personaldataitem", "sealed_evidence", "channel_evidence"),
        migrations.AddConstraint(
            "personaldataitem",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("channel_evidence__isnull", False),
                        ("partner__isnull", False),
                        ("source", "partner"),
                        models.Q(("channel", ""), _negated=True),
                        models.Q(("channel_basis", ""), _negated=True),
                    ),
                    models.Q(("source", "partner"), _negated=True),
                    _connector="OR",
                ),
                name="item_from_partner_has_channel",
            ),
        ),
    ]
