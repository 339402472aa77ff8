"""All addresses of the project."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from heatmap.views import data, health, home, jobs, sign_in, tiles

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("login/", sign_in.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("tiles/<slug:layer>/<int:version>/<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="tile"),
    path("m/<slug:slug>/data/", data.data_page, name="data"),
    path("m/<slug:slug>/work/", jobs.work_page, name="work"),
    path("m/<slug:slug>/work/list", jobs.work_list, name="work_list"),
    path("m/<slug:slug>/work/notices", jobs.notices, name="notices"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/", jobs.progress, name="job"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/cancel", jobs.cancel, name="job_cancel"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/restart", jobs.restart, name="job_restart"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/seen", jobs.seen, name="job_seen"),
    path("", include("sites.urls")),
]

handler403 = "heatmap.views.errors.forbidden"
handler404 = "heatmap.views.errors.not_found"
handler500 = "heatmap.views.errors.broken"
