"""All addresses of the project."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from heatmap.views import (
    account,
    area,
    arrivals,
    data,
    drawing,
    health,
    home,
    jobs,
    kinds,
    people,
    search,
    sign_in,
    system,
    tiles,
    uploads,
    versions,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("login/", sign_in.sign_in, name="login"),
    path("logout/", sign_in.SignOutView.as_view(), name="logout"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("invitations/<str:secret>/", account.invitation, name="invitation"),
    path(
        "new-password/<str:uidb64>/<str:token>/",
        login_not_required(account.NewPasswordView.as_view()),
        name="new_password",
    ),
    path("account/", account.account_page, name="account"),
    path("system/", system.system_page, name="system"),
    path("system/accounts/<int:user_id>/active", system.set_active, name="account_active"),
    path("system/accounts/<int:user_id>/link", system.reset_link, name="reset_link"),
    path("tiles/<slug:layer>/<int:version>/<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="tile"),
    path("m/<slug:slug>/area.json", area.area_sums_json, name="area_sums"),
    path("m/<slug:slug>/area/<str:file>", area.area_file, name="area_file"),
    path(
        "m/<slug:slug>/versions/<int:version>/features/<path:ref>",
        area.feature_json,
        name="feature",
    ),
    path("m/<slug:slug>/versions/<int:version>/kinds.json", area.kinds_json, name="kinds"),
    path("m/<slug:slug>/search.json", search.search_json, name="search"),
    path("m/<slug:slug>/data/", data.data_page, name="data"),
    path("m/<slug:slug>/arrivals/", arrivals.announce, name="arrivals"),
    path("m/<slug:slug>/arrivals/<uuid:arrival_id>/", arrivals.arrival, name="arrival"),
    path("m/<slug:slug>/arrivals/<uuid:arrival_id>/forget", arrivals.forget, name="arrival_forget"),
    path("m/<slug:slug>/uploads/<int:upload_id>/", uploads.upload_page, name="upload"),
    path("m/<slug:slug>/uploads/<int:upload_id>/discard", uploads.discard, name="upload_discard"),
    path("m/<slug:slug>/uploads/<int:upload_id>/report.csv", uploads.report_csv, name="upload_csv"),
    path("m/<slug:slug>/kinds/", kinds.kinds_page, name="kinds"),
    path("m/<slug:slug>/kinds/<slug:kind>/<str:file>", kinds.kind_file, name="kind_file"),
    path("m/<slug:slug>/layers/<int:layer_id>/", versions.layer_page, name="layer"),
    path("m/<slug:slug>/layers/<int:layer_id>/compare/", versions.compare_page, name="compare"),
    path(
        "m/<slug:slug>/layers/<int:layer_id>/compare.csv", versions.compare_csv, name="compare_csv"
    ),
    path("m/<slug:slug>/layers/<int:layer_id>/edit/", drawing.edit_page, name="layer_edit"),
    path("m/<slug:slug>/layers/<int:layer_id>/save", drawing.save, name="layer_save"),
    path("m/<slug:slug>/layers/<int:layer_id>/split", drawing.split, name="layer_split"),
    path(
        "m/<slug:slug>/layers/<int:layer_id>/attributes.csv",
        drawing.attributes_csv,
        name="attributes_csv",
    ),
    path("m/<slug:slug>/layers/<int:layer_id>/table/", drawing.table_page, name="layer_table"),
    path("m/<slug:slug>/versions/<int:version>/restore", versions.restore, name="restore"),
    path("m/<slug:slug>/versions/<int:version>/delete/", versions.delete, name="version_delete"),
    path("m/<slug:slug>/derive/<slug:kind>", versions.derive, name="derive"),
    path("m/<slug:slug>/people/", people.people_page, name="people"),
    path("m/<slug:slug>/people/<int:membership_id>/role", people.change_role, name="role"),
    path("m/<slug:slug>/people/<int:membership_id>/remove", people.let_go, name="let_go"),
    path(
        "m/<slug:slug>/invitations/<uuid:invitation_id>/withdraw", people.withdraw, name="withdraw"
    ),
    path("m/<slug:slug>/acts/", people.acts_page, name="acts"),
    path("m/<slug:slug>/acts.csv", people.acts_csv, name="acts_csv"),
    path("m/<slug:slug>/tokens/", account.tokens_page, name="tokens"),
    path("m/<slug:slug>/tokens/<uuid:token_id>/revoke", account.revoke_token, name="token_revoke"),
    path("m/<slug:slug>/work/", jobs.work_page, name="work"),
    path("m/<slug:slug>/work/list", jobs.work_list, name="work_list"),
    path("m/<slug:slug>/work/notices", jobs.notices, name="notices"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/", jobs.progress, name="job"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/cancel", jobs.cancel, name="job_cancel"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/restart", jobs.restart, name="job_restart"),
    path("m/<slug:slug>/jobs/<uuid:job_id>/seen", jobs.seen, name="job_seen"),
    path("", include("heatmap.api.urls")),
    path("", include("sites.urls")),
]

handler403 = "heatmap.views.errors.forbidden"
handler404 = "heatmap.views.errors.not_found"
handler500 = "heatmap.views.errors.broken"
