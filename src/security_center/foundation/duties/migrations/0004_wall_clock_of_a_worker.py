from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("duties", "0003_key_file_of_a_machine")]

    operations = [migrations.AddField(model_name="heartbeat", name="wall_at", field=models.DateTimeField(blank=True, null=True))]
