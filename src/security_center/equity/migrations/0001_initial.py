import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import security_center.foundation.vault.fields
from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('record', models.UUIDField(unique=True)),
                ('kind', models.CharField(choices=[('protected', 'Protected fields, a line for each student'), ('enrolment', 'Enrolment by school and group')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Looked at, not used yet'), ('used', 'In use'), ('replaced', 'Replaced by a later file'), ('undone', 'Undone')], default='waiting', max_length=8)),
                ('rows', models.PositiveIntegerField()),
                ('school_year', models.CharField(blank=True, max_length=7)),
                ('content', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('sent_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'used')), fields=('district', 'kind', 'school_year'), name='one_import_in_use')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('axis', models.CharField(max_length=16)),
                ('group', models.CharField(max_length=24)),
                ('students', models.PositiveIntegerField()),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolment_rows', to='equity.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'school', 'axis', 'group'), name='one_count_per_group')],
            },
        ),
        migrations.CreateModel(
            name='ProtectedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('token', security_center.foundation.vault.fields.BlindedTokenField(max_length=32)),
                ('values', security_center.foundation.vault.fields.SealedTextField()),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='protected_rows', to='equity.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'token'), name='one_row_per_student')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.CharField(max_length=7)),
                ('asked_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('read_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('district', 'month'), name='one_reading_a_month')],
            },
        ),
        migrations.CreateModel(
            name='Figures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('equity', 'Equity'), ('statistics', 'Statistics')], max_length=10)),
                ('period', models.CharField(max_length=9)),
                ('tables', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('district', 'kind', 'period'), name='published_once')],
            },
        ),
    ]
