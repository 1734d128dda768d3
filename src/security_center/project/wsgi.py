import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")

from django.core.wsgi import get_wsgi_application

from security_center.project.bodies import with_length

application = with_length(get_wsgi_application())
