from django.urls import path

from disclosure.views import shared

app_name = "disclosure"
urlpatterns = [
    path("", shared.shared, name="shared"),
    path("<uuid:id>/", shared.receipt, name="receipt"),
]
