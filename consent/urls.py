from django.urls import path

from consent.views import acceptance, consents, history, notices, receipts

app_name = "consent"
urlpatterns = [
    path("", consents.consents, name="consents"),
    path("history/", history.history, name="history"),
    path("notice/<slug:purpose>/", notices.notice, name="notice"),
    path("notice/<slug:purpose>/<int:version>/", notices.notice, name="notice_version"),
    path("receipt/<int:number>/", receipts.receipt, name="receipt"),
    path("receipt/<int:number>.json", receipts.receipt_json, name="receipt_json"),
    path("accept/", acceptance.accept, name="accept"),
]
