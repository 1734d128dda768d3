import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import security_center.foundation.vault.fields
from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('job_title', models.CharField(blank=True, max_length=120)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('language', models.CharField(default='en', max_length=8)),
                ('is_first_administrator', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'people',
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_digest', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('state', 'State'), ('district', 'District'), ('school', 'School')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('level', models.CharField(blank=True, choices=[('elementary', 'Elementary school'), ('middle', 'Middle school'), ('high', 'High school'), ('combined', 'Combined grades')], max_length=12)),
                ('city', models.CharField(blank=True, max_length=120)),
                ('time_zone', models.CharField(default='America/New_York', max_length=64)),
                ('dispatch_number', models.CharField(blank=True, help_text='The number of the police dispatch, to call when nobody answers.', max_length=40)),
                ('enrollment', models.PositiveIntegerField(blank=True, null=True)),
                ('external_id', models.CharField(blank=True, help_text="The state's or district's own number of this school.", max_length=40)),
                ('active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organizations.organization')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'state'), ('parent__isnull', True)), ('kind', 'district'), models.Q(('kind', 'school'), ('parent__isnull', False)), _connector='OR'), name='only_a_state_has_no_parent'), models.UniqueConstraint(models.F('parent'), django.db.models.functions.text.Lower('name'), name='one_name_per_parent')],
            },
        ),
        migrations.CreateModel(
            name='AccessSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.UUIDField(unique=True)),
                ('reason', security_center.foundation.vault.fields.SealedTextField()),
                ('started_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_sessions', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_sessions', to='organizations.organization')),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='organization',
            field=models.ForeignKey(blank=True, help_text='Where this person was entered; its administrators look after them while they hold no role.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='organizations.organization'),
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('reader', 'Reader (triage)'), ('counselor', 'Counselor'), ('team_lead', 'Team lead'), ('principal', 'Principal'), ('sro', 'School resource officer'), ('district_on_call', 'District on call'), ('district_safety_lead', 'District safety lead'), ('superintendent', 'Superintendent'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=24)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_assignments', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_assignments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('person', 'organization', 'role'), name='one_open_assignment')],
            },
        ),
        migrations.CreateModel(
            name='Supervision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supervised', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supervised_by', to=settings.AUTH_USER_MODEL)),
                ('supervisor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supervises', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('supervisor', 'supervised'), name='one_supervision'), models.CheckConstraint(condition=models.Q(('supervisor', models.F('supervised')), _negated=True), name='nobody_supervises_themselves')],
            },
        ),
    ]
