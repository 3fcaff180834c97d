"""The school's pages: the student overview and its spreadsheet, a student's profile, and the star."""

from django.urls import path

from schools import views

app_name = "schools"

urlpatterns = [
    path("", views.student_list, name="student_list"),
    path("elever.xlsx", views.student_xlsx, name="student_xlsx"),
    path("<uuid:public_id>/", views.student_detail, name="student_detail"),
    path("<uuid:public_id>/foelg/", views.student_follow, name="student_follow"),
]
