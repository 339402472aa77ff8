"""The door for the web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
application = get_wsgi_application()
# Pages and what they need are loaded now, not while the first person waits: two seconds.
get_resolver().url_patterns  # noqa: B018  loading is what it is asked for
