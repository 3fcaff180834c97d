"""The school's pages: the overview and its spreadsheet, a profile, the star, files to read in, and Underretning."""

from django.urls import path

from schools import import_views, views

app_name = "schools"

urlpatterns = [
    path("elever/", views.student_list, name="student_list"),
    path("elever/elever.xlsx", views.student_xlsx, name="student_xlsx"),
    path("elever/<uuid:public_id>/", views.student_detail, name="student_detail"),
    path("elever/<uuid:public_id>/foelg/", views.student_follow, name="student_follow"),
    path("indlaes/", import_views.import_upload, name="import_upload"),
    path("indlaes/<uuid:public_id>/", import_views.import_preview, name="import_preview"),
    path("indlaes/<uuid:public_id>/fil/", import_views.import_lines, name="import_lines"),
    path("underretning/", views.notice_list, name="notice_list"),
]
