import os

from django.db import migrations


def prove(apps, _editor):
    """What waits in the queue was put there by us; from now on a row has to show it."""
    from security_center.foundation.duties import signed_queue

    rows = apps.get_model("django_tasks_database", "DBTaskResult").objects
    for row in rows.filter(status__in=["READY", "RUNNING"]):
        rows.filter(pk=row.pk).update(id=signed_queue.proof(row, os.urandom(8)))
    rows.filter(status="SUCCESSFUL").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('duties', '0001_initial'),
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
    ]

    operations = [
        migrations.RunPython(prove, migrations.RunPython.noop),
    ]
