"""All addresses of the project."""

urlpatterns = []
