from django.urls import path, re_path

from users.views import access_records, data, overview, security

app_name = "users"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("data/", data.data, name="data"),
    path("data/choose/", data.choose, name="choose"),
    re_path(r"^data/(?P<field>[a-z_]{1,32}\.[a-z_]{1,32})/$", data.value, name="value"),
    path("records/", access_records.records, name="records"),
    path("security/", security.security, name="security"),
    path("security/log-ins/others/end/", security.end_other_logins, name="end_other_logins"),
    path("security/log-ins/<uuid:id>/end/", security.end_login, name="end_login"),
]
