import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from security_center.foundation.tables import FirstTables


class Migration(FirstTables):

    initial = True

    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_message_volume"),
    ]

    dependencies = [
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64)),
                ('urgency', models.CharField(blank=True, max_length=4)),
                ('duty_id', models.BigIntegerField(blank=True, null=True)),
                ('path', models.CharField(blank=True, max_length=200)),
                ('extra', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-id'], name='message_inbox'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person'], name='message_unread'), models.Index(fields=['organization', 'created_at'], name='message_volume')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('screen', 'On screen')], max_length=8)),
                ('state', models.CharField(choices=[('queued', 'Waiting to be sent'), ('sent', 'Sent'), ('failed', 'Not sent, will be tried again'), ('given_up', 'Not sent, given up'), ('not_configured', 'Not sent: no mail server is set up')], default='queued', max_length=16)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('last_error_code', models.CharField(blank=True, max_length=40)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.message')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('state', 'sent'), _negated=True), fields=['state'], name='delivery_unsent')],
                'constraints': [models.UniqueConstraint(fields=('message', 'channel'), name='one_delivery_per_channel')],
            },
        ),
        migrations.CreateModel(
            name='TestAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('screen', 'On screen')], default='email', max_length=8)),
                ('sent_at', models.DateTimeField()),
                ('token_digest', models.BinaryField(max_length=32, unique=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('delivery', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='test_alert', to='notifications.delivery')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='test_alerts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'confirmed_at'], name='test_alert_confirmed')],
            },
        ),
    ]
