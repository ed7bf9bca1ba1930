from django.urls import path

from users.views import records

app_name = "users_desk"
urlpatterns = [
    path("records/", records.address_search, name="address_search"),
]
