from django.urls import path

from users.views import access_records

app_name = "users_desk"
urlpatterns = [
    path("records/", access_records.address_search, name="address_search"),
]
