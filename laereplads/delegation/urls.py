"""Signing in with a broker, and the pages of those who look after an organisation's users."""

from django.urls import path

from laereplads.delegation import sign_in_views, user_views

urlpatterns = [
    path("log-ind/med/<slug:broker>/", sign_in_views.sign_in_start, name="sign_in_start"),
    path("log-ind/svar/<slug:broker>/", sign_in_views.sign_in_callback, name="sign_in_callback"),
    path("log-ind/slut/<slug:broker>/", sign_in_views.sign_in_ended, name="sign_in_ended"),
    path("log-ind/adgang/", sign_in_views.access_request, name="access_request"),
    path("invitation/", sign_in_views.invitation, name="invitation"),
    path("invitation/tag-imod/", sign_in_views.invitation_accept, name="invitation_accept"),
    path("invitation/<str:code>/", sign_in_views.invitation, name="invitation"),
    path("brugere/", user_views.user_list, name="user_list"),
    path("brugere/inviter/", user_views.user_invite, name="user_invite"),
    path("brugere/bekraeft/", user_views.user_confirmation, name="user_confirmation"),
    path("brugere/elever/", user_views.student_codes, name="student_codes"),
    path("brugere/elever/breve/", user_views.student_letters, name="student_letters"),
    path("brugere/invitation/<uuid:public_id>/send-igen/", user_views.invitation_again, name="invitation_again"),
    path(
        "brugere/invitation/<uuid:public_id>/traek-tilbage/", user_views.invitation_withdraw, name="invitation_withdraw"
    ),
    path("brugere/anmodning/<uuid:public_id>/", user_views.request_detail, name="request_detail"),
    path("brugere/<uuid:public_id>/", user_views.user_detail, name="user_detail"),
]
