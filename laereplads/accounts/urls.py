"""allauth's views that the portal uses, under Danish paths. Its other views have no address here."""

from laereplads.accounts import views

# name → (path, view). Names are allauth's own: it looks its pages up by them.
PUBLIC_PAGES = {
    "account_login": ("log-ind/", views.login),
    "account_time_left": ("log-ind/tid/", views.time_left),
    "account_inactive": ("log-ind/lukket/", views.account_inactive),
    "account_reset_password": ("adgangskode/glemt/", views.password_reset),
    "account_reset_password_done": ("adgangskode/glemt/sendt/", views.password_reset_done),
    "account_reset_password_from_key": ("adgangskode/ny/<str:uidb36>/<str:key>/", views.password_reset_from_key),
    "account_new_address": ("e-mailadresse/ny/<str:secret>/", views.new_address),
    "mfa_authenticate": ("log-ind/kode/", views.second_step),
    "account_reset_password_from_key_done": ("adgangskode/ny/gemt/", views.password_reset_from_key_done),
}
# Where an administrator without a second factor is led, and all they reach until they have one.
SECOND_FACTOR_PAGES = {
    "mfa_index": ("to-trin/", views.second_factors),
    "mfa_activate_totp": ("to-trin/app/", views.activate_app),
    "mfa_deactivate_totp": ("to-trin/app/fjern/", views.remove_app),
    "mfa_add_webauthn": ("to-trin/noegle/", views.add_key),
    "mfa_remove_webauthn": ("to-trin/noegle/<int:pk>/fjern/", views.remove_key),
    "mfa_view_recovery_codes": ("to-trin/noedkoder/", views.recovery_codes),
    "mfa_generate_recovery_codes": ("to-trin/noedkoder/nye/", views.new_recovery_codes),
    "account_reauthenticate": ("bekraeft/adgangskode/", views.confirm_by_password),
    "mfa_reauthenticate": ("bekraeft/kode/", views.confirm_by_code),
    "mfa_reauthenticate_webauthn": ("bekraeft/noegle/", views.confirm_by_key),
}
PAGES_OF_ANY_USER = {
    "account_kept": ("log-ind/fortsaet/", views.go_on),
    "account_logout": ("log-af/", views.logout),
    "account_sessions": ("log-ind/steder/", views.own_sessions),
    "account_change_password": ("adgangskode/skift/", views.password_change),
    **SECOND_FACTOR_PAGES,
}
