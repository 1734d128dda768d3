import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")

from django.core.wsgi import get_wsgi_application

from security_center.project.bodies import Application, with_length
from security_center.project.heads import harmless
from security_center.project.one_at_a_time import one_at_a_time

application: Application = get_wsgi_application()
if os.environ.get("SSC_PROGRAM") == "public":
    application = one_at_a_time(application)
# Outside of it: a body in chunks is read, however slowly it drips, before its turn
application = with_length(application)
application = harmless(application)
