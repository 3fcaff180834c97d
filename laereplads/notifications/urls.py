"""Mine beskeder."""

from django.urls import path

from laereplads.notifications import views

urlpatterns = [path("beskeder/", views.mail_settings, name="mail_settings")]
