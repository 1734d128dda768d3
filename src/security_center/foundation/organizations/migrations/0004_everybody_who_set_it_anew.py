from typing import Any

from django.conf import settings
from django.db import migrations, models


def keep_who_did(apps: Any, _editor: Any) -> None:
    for person in apps.get_model("organizations", "Person").objects.filter(set_anew_by__isnull=False):
        person.everybody.add(person.set_anew_by_id)


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0003_waiting_for_a_colleague'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='everybody',
            field=models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(keep_who_did, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name='person', name='set_anew_by'),
        migrations.RenameField(model_name='person', old_name='everybody', new_name='set_anew_by'),
    ]
