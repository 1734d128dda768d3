import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The two tables that held sessions under the very words of their cookies go, rows and all: everybody signs in once more.
FORMER = ("usersessions_usersession", "django_session")


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('began_at', models.DateTimeField(null=True)),
                ('browser', models.CharField(blank=True, max_length=200)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.RunSQL([f"DROP TABLE IF EXISTS {table}" for table in FORMER], reverse_sql=migrations.RunSQL.noop),
    ]
