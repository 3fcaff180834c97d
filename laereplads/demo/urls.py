"""The pages of the demo."""

from django.urls import path

from laereplads.demo import views

app_name = "demo"

urlpatterns = [
    path("log-ind-som/", views.log_in_as, name="log_in_as"),
    path("mails/", views.mail_list, name="mail_list"),
    path("mails/koer/", views.run_jobs, name="run_jobs"),
    path("filer/", views.file_list, name="file_list"),
    path("filer/<str:name>/", views.file_download, name="file_download"),
    path("komponenter/", views.component_list, name="component_list"),
]
