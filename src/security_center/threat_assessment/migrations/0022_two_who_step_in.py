import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("threat_assessment", "0021_containment_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "action",
            "second_backup",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "action",
            models.CheckConstraint(
                name="second_backup_is_another",
                condition=models.Q(second_backup=None)
                | (
                    ~models.Q(second_backup=models.F("owner")) & ~models.Q(second_backup=models.F("backup"))
                ),
            ),
        ),
    ]
