import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import security_center.foundation.vault.fields
import security_center.prevention.models.plan
from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    replaces = [
        ("prevention", "0001_initial"),
        ("prevention", "0002_training"),
        ("prevention", "0003_plan_in_eight_steps"),
    ]

    dependencies = [
        ('organizations', '0001_initial'),
        ("students", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name='Alternate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='alternate', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('record', models.UUIDField(unique=True)),
                ('half', models.CharField(max_length=6)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('begun_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connectedness_checks', to='organizations.organization')),
            ],
            options={
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('school', 'half'), name='one_check_each_half_year')],
            },
        ),
        migrations.CreateModel(
            name='CoverageShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='0 is Monday.')),
                ('starts_minute', models.PositiveSmallIntegerField(help_text='Minutes after local midnight.')),
                ('ends_minute', models.PositiveSmallIntegerField(help_text='Minutes after local midnight; 1440 is the end of the day.')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coverage_shifts', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coverage_shifts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'weekday'], name='prevention__organiz_e4721a_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='a_weekday'), models.CheckConstraint(condition=models.Q(('starts_minute__lt', models.F('ends_minute')), ('ends_minute__lte', 1440)), name='a_stretch_of_one_day')],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('name', models.CharField(max_length=80)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holidays', to='organizations.organization')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='holiday_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('adopted', 'Adopted'), ('superseded', 'Superseded')], default='draft', max_length=12)),
                ('languages', models.JSONField(default=security_center.prevention.models.plan.default_languages)),
                ('hidden_categories', models.JSONField(blank=True, default=list)),
                ('stricter_urgencies', models.JSONField(blank=True, default=dict)),
                ('school_hours', models.JSONField(default=security_center.prevention.models.plan.default_school_hours)),
                ('message_hours', models.JSONField(blank=True, default=list)),
                ('other_line_name', models.CharField(blank=True, help_text="Your state's tip line, if it has one.", max_length=120)),
                ('other_line_number', models.CharField(blank=True, max_length=60)),
                ('retention_days', models.PositiveIntegerField(default=365, help_text='How long a closed report is kept.')),
                ('retention_days_unfounded', models.PositiveIntegerField(default=60)),
                ('words', models.JSONField(blank=True, default=dict)),
                ('own_words', models.JSONField(blank=True, default=list)),
                ('public_steps', models.JSONField(blank=True, default=security_center.prevention.models.plan.default_public_steps)),
                ('names', models.JSONField(blank=True, default=dict)),
                ('team', models.JSONField(blank=True, default=list)),
                ('rule_set', models.CharField(default='ntac', max_length=12)),
                ('scheme', models.CharField(default='ntac', max_length=12)),
                ('interview_order', models.CharField(default='ntac', max_length=12)),
                ('law_of', models.CharField(blank=True, max_length=2)),
                ('left_out_behaviors', models.JSONField(blank=True, default=list)),
                ('own_behaviors', models.JSONField(blank=True, default=list)),
                ('threshold_minutes', models.JSONField(blank=True, default=dict)),
                ('clock_amounts', models.JSONField(blank=True, default=dict)),
                ('review_days', models.JSONField(blank=True, default=dict)),
                ('left_out_options', models.JSONField(blank=True, default=list)),
                ('own_options', models.JSONField(blank=True, default=list)),
                ('case_retention_days', models.PositiveIntegerField(default=1825)),
                ('case_retention_days_short', models.PositiveIntegerField(default=180)),
                ('created_at', models.DateTimeField()),
                ('step_revisions', models.JSONField(blank=True, default=dict)),
                ('adopted_at', models.DateTimeField(blank=True, null=True)),
                ('adopted_for', models.CharField(blank=True, max_length=160)),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('carried', models.BooleanField(default=False)),
                ('above', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prevention.plan')),
                ('adopted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='organizations.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'version'), name='one_plan_per_version'), models.UniqueConstraint(condition=models.Q(('state', 'adopted')), fields=('organization',), name='one_adopted_plan'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('organization',), name='one_draft_of_a_plan')],
            },
        ),
        migrations.CreateModel(
            name='PublishedForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('open', models.BooleanField(default=False)),
                ('open_until', models.DateTimeField(blank=True, null=True)),
                ('closed_because', models.CharField(blank=True, max_length=40)),
                ('languages', models.JSONField(default=security_center.prevention.models.plan.default_languages)),
                ('categories', models.JSONField(default=list)),
                ('urgencies', models.JSONField(blank=True, default=dict)),
                ('windows', models.JSONField(default=list)),
                ('ladder_facts', models.JSONField(default=dict)),
                ('other_line_name', models.CharField(blank=True, max_length=120)),
                ('other_line_number', models.CharField(blank=True, max_length=60)),
                ('renewed_at', models.DateTimeField()),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='published_form', to='organizations.organization')),
            ],
        ),
        migrations.CreateModel(
            name='PublishedPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version_of', models.PositiveBigIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('adopted_on', models.DateField()),
                ('adopted_for', models.CharField(blank=True, max_length=160)),
                ('steps', models.JSONField(default=list)),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='published_plan', to='organizations.organization')),
            ],
        ),
        migrations.CreateModel(
            name='TrainingRegister',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.UUIDField(unique=True)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='training_register', to='organizations.organization')),
            ],
        ),
        migrations.CreateModel(
            name='TrainingRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=24)),
                ('of', models.CharField(choices=[('person', 'Somebody who signs in here'), ('staff', 'Another member of staff'), ('group', 'A group')], max_length=8)),
                ('name', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('token', security_center.foundation.vault.fields.BlindedTokenField(max_length=32, null=True)),
                ('trained', models.PositiveIntegerField(default=1)),
                ('out_of', models.PositiveIntegerField(default=1)),
                ('trained_on', models.DateField()),
                ('expires_on', models.DateField()),
                ('trainer', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('entered_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('register', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='prevention.trainingregister')),
            ],
            options={
                'indexes': [models.Index(fields=['register', 'kind', '-trained_on'], name='training_of_place'), models.Index(fields=['person', 'kind'], name='training_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('of', 'person'), ('person__isnull', False)), models.Q(models.Q(('of', 'person'), _negated=True), ('name__isnull', False), ('person__isnull', True)), _connector='OR'), name='trained_somebody'), models.CheckConstraint(condition=models.Q(('trained__lte', models.F('out_of')), ('out_of__gte', 1)), name='trained_of_how_many'), models.CheckConstraint(condition=models.Q(('expires_on__gt', models.F('trained_on'))), name='training_ends_after_it')],
            },
        ),
        migrations.CreateModel(
            name='TrainingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('required_from', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('district', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='training_rule', to='organizations.organization')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='TrustedAdult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', security_center.foundation.vault.fields.SealedTextField(null=True)),
                ('marked_at', models.DateTimeField()),
                ('check_round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adults', to='prevention.check')),
                ('marked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='students.student')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('check_round', 'student', 'person'), name='adult_once'), models.CheckConstraint(condition=models.Q(('person__isnull', False), ('name__isnull', False), _connector='OR'), name='adult_is_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='absence_in_order')],
            },
        ),
    ]
