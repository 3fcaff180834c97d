"""The student's own pages."""

from django.urls import path

from students import views

app_name = "students"

urlpatterns = [
    path("", views.own_page, name="own_page"),
    path("uddannelsesforloeb/", views.own_agreement, name="own_agreement"),
    path("uddannelsesforloeb/skoleophold/", views.own_school_periods, name="own_school_periods"),
    path("uddannelsesforloeb/fravaer/", views.own_absence, name="own_absence"),
    path("hvem-har-set/", views.own_access_log, name="own_access_log"),
    path("hvorfor-kan-de-se-mig/", views.own_viewers, name="own_viewers"),
    path("hent-mine-oplysninger/", views.own_data, name="own_data"),
    path("hent-mine-oplysninger/fil/", views.own_data_file, name="own_data_file"),
]
