"""allauth's views that the portal uses, under Danish paths. Its other views have no address here."""

from laereplads.accounts import views

# name → (path, view). Names are allauth's own: it looks its pages up by them.
PUBLIC_PAGES = {
    "account_login": ("log-ind/", views.login),
    "account_inactive": ("log-ind/lukket/", views.account_inactive),
    "account_reset_password": ("adgangskode/glemt/", views.password_reset),
    "account_reset_password_done": ("adgangskode/glemt/sendt/", views.password_reset_done),
    "account_reset_password_from_key": ("adgangskode/ny/<str:uidb36>/<str:key>/", views.password_reset_from_key),
    "account_reset_password_from_key_done": ("adgangskode/ny/gemt/", views.password_reset_from_key_done),
}
PAGES_OF_ANY_USER = {
    "account_logout": ("log-af/", views.logout),
    "account_change_password": ("adgangskode/skift/", views.password_change),
}
