import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("threat_assessment", "0020_tables_of_their_rooms")]

    operations = [
        migrations.RenameModel("Press", "ContainmentStep"),
        migrations.AlterField(
            "containmentstep",
            "case",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="containment_steps",
                to="threat_assessment.case",
            ),
        ),
    ]
