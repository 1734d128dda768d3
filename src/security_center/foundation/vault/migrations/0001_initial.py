from django.db import migrations, models

from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RecipientKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField()),
                ('public_key', models.BinaryField(max_length=32)),
                ('wrapped_private_key', models.BinaryField()),
                ('created_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'recipient key',
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='one_key_per_recipient_and_version'), models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('name',), name='one_current_key_per_recipient')],
            },
        ),
        migrations.CreateModel(
            name='RecordHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.UUIDField()),
                ('kind', models.CharField(choices=[('legal', 'Legal hold'), ('inspection', 'Open request to inspect')], default='legal', max_length=12)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=64)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('released_by', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'hold on a record',
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('record', 'kind'), name='one_open_hold_per_record_and_kind')],
            },
        ),
        migrations.CreateModel(
            name='SealedKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.UUIDField()),
                ('recipient', models.CharField(max_length=64)),
                ('key_version', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
            ],
            options={
                'verbose_name': 'sealed key',
                'constraints': [models.UniqueConstraint(fields=('record', 'recipient'), name='one_sealed_key_per_record_and_recipient')],
            },
        ),
    ]
