"""Every address of the site: the API as it is, the pages below their language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, register_converter

from consent.views import cookies, differences, texts, unsubscribing
from disclosure.views import released
from users.day_fields import DayConverter

register_converter(DayConverter, "day")

handler400 = "privacy_app.faults.bad_request"
handler403 = "privacy_app.faults.permission_denied"
handler404 = "privacy_app.faults.page_not_found"
handler500 = "privacy_app.faults.server_error"

urlpatterns = [
    path("", include("privacy_app.api_urls")),
    path(".well-known/gpc.json", cookies.signal_support),
    *i18n_patterns(
        path("", texts.home, name="home"),
        path("policy/", texts.policy, name="policy"),
        path("policy/versions/", differences.versions, name="policy_versions"),
        path("policy/on/<day:day>/", texts.policy_on, name="policy_on"),
        path("policy/<int:before>...<int:after>/", differences.difference, name="policy_difference"),
        path("policy/<int:version>/", texts.policy, name="policy_version"),
        path("policy/<int:version>/source", texts.policy_source, name="policy_source"),
        path("agreement/", texts.agreement, name="agreement"),
        path("agreement/<int:version>/", texts.agreement, name="agreement_version"),
        path("agreement/<int:version>/source", texts.agreement_source, name="agreement_source"),
        path("cookies/", cookies.cookies, name="cookies"),
        path("cookies/reading/", cookies.reading, name="reading"),
        path("me/", include("users.urls")),
        path("me/consents/", include("consent.urls")),
        path("me/notices/", include("consent.announcement_urls")),
        path("me/shared/", include("disclosure.urls")),
        path("me/requests/", include("disclosure.request_urls")),
        path("news/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
        path("released/<str:token>/", released.released, name="released"),
        path("desk/policy/", include("consent.desk_urls")),
        path("desk/notices/", include("consent.announcement_desk_urls")),
        path("desk/", include("disclosure.desk_urls")),
        path("desk/", include("users.desk_urls")),
        path("account/", include("allauth.urls")),
        path("admin/", admin.site.urls),
    ),
]
