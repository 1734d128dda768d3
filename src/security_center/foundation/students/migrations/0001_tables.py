import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import security_center.foundation.vault.fields
from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    replaces = [
        ("students", "0001_initial"),
        ("students", "0002_imports"),
    ]

    dependencies = [
        # Tables of others are made while there are few: each of their steps draws all models anew (docs/decisions/0020)
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='StudentImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('record', models.UUIDField(unique=True)),
                ('whole', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('checking', 'Being checked'), ('refused', 'Cannot be used'), ('ready', 'Checked, waits for you'), ('applied', 'In force'), ('undone', 'Undone'), ('discarded', 'Thrown away')], default='checking', max_length=10)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('file_id', models.UUIDField(null=True)),
                ('file_seal', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('faults', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('uploaded_at', models.DateTimeField()),
                ('rows', models.PositiveIntegerField(default=0)),
                ('faulty', models.PositiveIntegerField(default=0)),
                ('came', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('moved', models.PositiveIntegerField(default=0)),
                ('back', models.PositiveIntegerField(default=0)),
                ('left', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('alike', models.PositiveIntegerField(default=0)),
                ('there_before', models.PositiveIntegerField(default=0)),
                ('applied_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('kept', models.PositiveIntegerField(default=0)),
                ('settled_at', models.DateTimeField(null=True)),
                ('applied_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('school', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('undone_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['checking', 'ready'])), fields=('district',), name='one_open_import_per_district')],
            },
        ),
        migrations.CreateModel(
            name='Student',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grade', models.CharField(choices=[('PK', 'Pre-kindergarten'), ('K', 'Kindergarten'), ('1', 'Grade 1'), ('2', 'Grade 2'), ('3', 'Grade 3'), ('4', 'Grade 4'), ('5', 'Grade 5'), ('6', 'Grade 6'), ('7', 'Grade 7'), ('8', 'Grade 8'), ('9', 'Grade 9'), ('10', 'Grade 10'), ('11', 'Grade 11'), ('12', 'Grade 12')], max_length=2)),
                ('active', models.BooleanField(default=True)),
                ('left_at', models.DateTimeField(null=True)),
                ('name', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('birth_date', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('guardians', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('custody_note', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('iep', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('section_504', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('recognize', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('schedule', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('content', security_center.foundation.vault.fields.BlindedTokenField(max_length=32, null=True)),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('record', models.UUIDField(unique=True)),
                ('came_at', models.DateTimeField()),
                ('identifier', security_center.foundation.vault.fields.SealedTextField()),
                ('identifier_token', security_center.foundation.vault.fields.BlindedTokenField(max_length=32)),
                ('staged', models.BooleanField(default=False)),
                ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('came_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.studentimport')),
            ],
            options={
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['district', 'active', 'school', 'grade'], name='students_counted')],
                'constraints': [models.UniqueConstraint(fields=('district', 'identifier_token'), name='one_student_per_identifier')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grade', models.CharField(choices=[('PK', 'Pre-kindergarten'), ('K', 'Kindergarten'), ('1', 'Grade 1'), ('2', 'Grade 2'), ('3', 'Grade 3'), ('4', 'Grade 4'), ('5', 'Grade 5'), ('6', 'Grade 6'), ('7', 'Grade 7'), ('8', 'Grade 8'), ('9', 'Grade 9'), ('10', 'Grade 10'), ('11', 'Grade 11'), ('12', 'Grade 12')], max_length=2)),
                ('active', models.BooleanField(default=True)),
                ('left_at', models.DateTimeField(null=True)),
                ('name', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('birth_date', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('guardians', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('custody_note', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('iep', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('section_504', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('recognize', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('schedule', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('content', security_center.foundation.vault.fields.BlindedTokenField(max_length=32, null=True)),
                ('after', models.BooleanField()),
                ('kind', models.CharField(choices=[('changed', 'Changed'), ('moved', 'Another school'), ('back', 'Came back'), ('left', 'Left')], max_length=8)),
                ('columns', models.JSONField(default=list)),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='students.student')),
                ('student_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='students.studentimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('student_import', 'after', 'student'), name='one_revision_each')],
            },
        ),
        migrations.CreateModel(
            name='StudentToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('token', security_center.foundation.vault.fields.BlindedTokenField(max_length=32)),
                ('came_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.studentimport')),
                ('gone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.studentimport')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='students.student')),
            ],
            options={
                'indexes': [models.Index(fields=['token'], name='student_token_lookup')],
            },
        ),
    ]
