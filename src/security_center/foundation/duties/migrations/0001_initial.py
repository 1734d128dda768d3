import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('worker', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('host', models.CharField(blank=True, max_length=255)),
                ('process', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='PeriodicRun',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('worker', models.CharField(blank=True, max_length=64)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64)),
                ('thing', models.CharField(max_length=96)),
                ('urgency', models.CharField(blank=True, max_length=4)),
                ('path', models.CharField(blank=True, max_length=200)),
                ('raised_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ladder', models.JSONField()),
                ('step', models.PositiveIntegerField(default=0)),
                ('next_step_at', models.DateTimeField()),
                ('repeat_minutes', models.PositiveIntegerField(default=15)),
                ('state', models.CharField(choices=[('open', 'Open'), ('discharged', 'Done'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                ('discharged_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=64)),
                ('discharged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_duties', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='organizations.organization')),
            ],
            options={
                'verbose_name_plural': 'duties',
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['next_step_at'], name='duty_next_step'), models.Index(condition=models.Q(('state', 'open')), fields=['organization', 'due_at'], name='duty_due'), models.Index(condition=models.Q(('state', 'open')), fields=['holder', 'due_at'], name='duty_held'), models.Index(fields=['thing'], name='duty_thing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('repeat_minutes__gte', 1)), name='duty_repeats'), models.CheckConstraint(condition=models.Q(models.Q(('discharged_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('discharged_at__isnull', False)), _connector='OR'), name='duty_open_or_ended')],
            },
        ),
        migrations.CreateModel(
            name='DutyStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('audience', models.CharField(max_length=64)),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField()),
                ('late', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=32)),
                ('duty', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='duties.duty')),
                ('told', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('duty', 'number'), name='each_step_once')],
            },
        ),
    ]
