"""How administrators maintain users and their memberships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from laereplads.access.auditing import ADDRESS_ASKED_FOR, LINK_SENT, SECOND_FACTOR_REMOVED, SESSIONS_ENDED
from laereplads.access.models import RIGHTS, Membership, holds_on
from laereplads.access.purposes import USER_MAINTENANCE
from laereplads.access.roles import Role
from laereplads.access_log.naming_admin import NamingAdmin, chosen_in
from laereplads.accounts.models import User
from laereplads.accounts.new_address import ask_for_new_address
from laereplads.accounts.operations import end_sessions, remove_second_factor, send_invitation
from laereplads.audit.admin import PlainModelForm, yes_or_no
from laereplads.audit.models import Event, EventQuerySet
from laereplads.audit.operations import record
from laereplads.database.identity import as_web_role


class UserForm(PlainModelForm):
    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewUserForm(UserForm):
    send_link = forms.BooleanField(
        label=_("Send en mail med link til at vælge adgangskode"),
        help_text=_("Linket virker i tre dage. Du kan altid sende et nyt."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.PASSWORD_FOR_EVERYBODY:
            # Nobody else would get in with a password: people are invited.
            self.fields["send_link"].initial = False
            self.fields["send_link"].disabled = True
            self.fields["send_link"].help_text = _("Her logger man ind med MitID Erhverv. Send en invitation i stedet.")

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002
        """Nobody logs in with a password that somebody else has chosen."""
        self.instance.set_unusable_password()
        return super().save(commit)


def students_of_user(user: str) -> ArraySubquery:
    """The students whose account this is: its name is theirs. `user` is the path to it."""
    return ArraySubquery(Membership.objects.filter(user=OuterRef(user)).exclude(student=None).values("student"))


@admin.register(User)
class UserAdmin(NamingAdmin[User]):
    form = UserForm
    purpose = USER_MAINTENANCE
    list_display = ("name", "email", "may_log_in", "last_login")
    list_filter = ("is_active", ("memberships__role", admin.ChoicesFieldListFilter))
    search_fields = ("search_key", "email")
    ordering = ("sort_key", "id")
    fieldsets = (
        (None, {"fields": ("name", "email", "is_active")}),
        (_("Tilknytninger"), {"fields": ("roles",)}),
        (_("Kontoens brug"), {"fields": ("last_login", "created_at", "second_factor")}),
    )
    readonly_fields = ("roles", "last_login", "created_at", "second_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Without the password, which the database gives to the login alone."""
        return super().get_queryset(request).defer("password").annotate(as_students=students_of_user("pk"))

    def named_by(self, record: User) -> Iterable[int]:
        students: list[int] = record.as_students  # type: ignore[attr-defined]  # annotated above
        return students

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else ((None, {"fields": ("name", "email", "send_link")}),)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001, FBT002
        if obj is None:
            options["form"] = NewUserForm
        return super().get_form(request, obj, change, **options)

    def events_about(self, record: User) -> EventQuerySet:
        """Also what was done to the user's memberships."""
        own = Membership.objects.filter(user=record)
        of_memberships = Q(object_type=Membership._meta.label_lower, object_id__in=own)
        return Event.objects.filter(Q(object_type=self.opts.label_lower, object_id=record.pk) | of_memberships)

    @admin.display(description=_("tilknytninger"))
    def roles(self, user: User) -> SafeString:
        """The user's memberships, each with a link, and a link to add one."""
        memberships = Membership.objects.filter(user=user).with_party().order_by("-starts_on", "-id")
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a> {}</li>',
            (
                (
                    reverse("admin:access_membership_change", args=[membership.pk]),
                    described(membership),
                    period(membership),
                )
                for membership in memberships
            ),
        )
        add = reverse("admin:access_membership_add")
        return format_html(
            '<ul class="plain">{}<li><a class="addlink" href="{}?user={}">{}</a></li></ul>',
            rows,
            add,
            user.pk,
            _("Tilføj tilknytning"),
        )

    @admin.display(description=User._meta.get_field("is_active").verbose_name, ordering="is_active")
    def may_log_in(self, user: User) -> str:
        return yes_or_no(user.is_active)

    @admin.display(description=_("login i to trin"))
    def second_factor(self, user: User) -> str:
        return yes_or_no(Authenticator.objects.filter(user_id=user.pk).exists())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        wanted = obj.email
        if change and "email" in form.changed_data and obj.memberships.exists():
            # What is asked for is not changed: see new_address.py, and the database.
            obj.email = form.initial["email"]
            form.changed_data.remove("email")
            self.ask_for_new_address(request, obj, wanted or "")
        super().save_model(request, obj, form, change)
        if not change and form.cleaned_data["send_link"]:
            self.invite(request, obj)

    def invite(self, request: HttpRequest, user: User) -> None:
        try:
            with as_web_role():
                # The link is worth nothing once the password is another, so it is made of the one there is.
                send_invitation(user, request)
        except OSError:
            text = _("Mailen til %(email)s kunne ikke sendes. Prøv igen om lidt.") % {"email": user.email}
            messages.error(request, text)
        else:
            record(LINK_SENT, about=user)
            messages.success(request, _("Linket er sendt til %(email)s.") % {"email": user.email})

    def ask_for_new_address(self, request: HttpRequest, user: User, wanted: str) -> None:
        told = {"before": user.email, "after": wanted}
        try:
            ask_for_new_address(user, wanted, request)
        except OSError:
            messages.error(request, _("Mailen til %(before)s kunne ikke sendes. Prøv igen om lidt.") % told)
        else:
            record(ADDRESS_ASKED_FOR, about=user)
            text = _(
                "E-mailadressen er ikke ændret endnu. %(before)s har fået et link, og den bliver %(after)s, når der er "
                "sagt ja derfra. Kan ingen læse den adresse mere, så luk brugeren, og opret en ny."
            )
            messages.warning(request, text % told)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> Any:
        """On to the new user's page, where a membership is added: without one they can do nothing."""
        if "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        text = _("%(name)s er oprettet. Tilføj nu en tilknytning; uden den kan brugeren ingenting se.")
        messages.success(request, text % {"name": obj.name})
        return redirect("admin:accounts_user_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:user_id>/send-link/",
            self.admin_site.admin_view(require_POST(self.send_link_view)),
            name="accounts_user_send_link",
        )
        reset = path(
            "<int:user_id>/fjern-to-trin/",
            self.admin_site.admin_view(require_POST(self.remove_second_factor_view)),
            name="accounts_user_remove_second_factor",
        )
        end = path(
            "<int:user_id>/afslut-sessioner/",
            self.admin_site.admin_view(require_POST(self.end_sessions_view)),
            name="accounts_user_end_sessions",
        )
        return [own, reset, end, *super().get_urls()]

    def changed(self, request: HttpRequest, user_id: int) -> User:
        """Who is meant, for an administrator who may change users."""
        user = self.get_object(request, str(user_id))
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return user

    def end_sessions_view(self, request: HttpRequest, user_id: int) -> HttpResponseBase:
        """For somebody who has left a computer open, or lost one; they may log in again at once."""
        user = self.changed(request, user_id)
        # Their own they end under "Her er du logget ind", and go on here.
        if user == request.user:
            raise PermissionDenied
        with as_web_role():
            end_sessions(user)
        record(SESSIONS_ENDED, about=user)
        messages.success(request, _("%(name)s er logget af alle steder.") % {"name": user.name})
        return redirect("admin:accounts_user_change", user.pk)

    def remove_second_factor_view(self, request: HttpRequest, user_id: int) -> HttpResponseBase:
        """For somebody who has lost their phone and recovery codes; they choose anew when they log in."""
        user = self.changed(request, user_id)
        # Their own they remove themselves, and show that it is them.
        if user == request.user:
            raise PermissionDenied
        if remove_second_factor(user):
            record(SECOND_FACTOR_REMOVED, about=user)
        text = _("Andet trin er fjernet. %(name)s er logget af, og logger nu ind med adgangskoden alene.")
        messages.success(request, text % {"name": user.name})
        return redirect("admin:accounts_user_change", user.pk)

    def send_link_view(self, request: HttpRequest, user_id: int) -> HttpResponseBase:
        user = self.changed(request, user_id)
        if not (user.is_active and user.may_use_password):
            raise Http404
        self.invite(request, user)
        return redirect("admin:accounts_user_change", user.pk)


def described(membership: Membership) -> str:
    """The role and at whom, for the administrator's eyes."""
    party = membership.company or membership.school or membership.student
    role = membership.get_role_display()
    return f"{role}, {party.name}" if party else role


def period(membership: Membership) -> str:
    starts = f"{membership.starts_on:%d.%m.%Y}"
    return f"({starts}–{membership.ends_on:%d.%m.%Y})" if membership.ends_on else f"({_('fra')} {starts})"


class HoldsTodayFilter(admin.SimpleListFilter):
    """Memberships that hold today, and those that ended or have not begun."""

    title = _("gælder i dag")
    parameter_name = "gaelder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Ja")), ("nej", _("Nej"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership] | None:
        holds = holds_on(timezone.localdate())
        if self.value() == "ja":
            return queryset.filter(holds)
        if self.value() == "nej":
            return queryset.exclude(holds)
        # All of them.
        return None


class MembershipForm(PlainModelForm):
    """Nobody lets themselves in: whoever maintains the portal has no ground to read assessments.

    The database refuses it, too; here it is said in words, of a new membership and of one there is.
    """

    administrator: User

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Of a membership that is there neither user nor role is a field of the form.
        user = cleaned.get("user") or (self.instance.user if self.instance.pk else None)
        role = cleaned.get("role") or self.instance.role
        if user and user.pk == self.administrator.pk:
            text = _("Du kan ikke give dig selv en tilknytning. Bed en anden administrator om det.")
            self.add_error("user" if "user" in self.fields else None, text)
        elif user and self.reads_and_maintains(user, role):
            text = _("En administrator kan ikke også have adgang til elever. Opret en bruger til hver opgave.")
            self.add_error("user" if "user" in self.fields else None, text)
        return cleaned

    def reads_and_maintains(self, user: User, role: str) -> bool:
        """Whether the user would be an administrator and something else on the same day."""
        starts_on, ends_on = (self.cleaned_data.get(name) for name in ("starts_on", "ends_on"))
        others = Membership.objects.filter(user=user).exclude(pk=self.instance.pk)
        others = others.exclude(ends_on__lt=starts_on) if starts_on else others
        others = others.filter(starts_on__lte=ends_on) if ends_on else others
        maintains = Q(role=Role.ADMINISTRATOR)
        return others.filter(~maintains if role == Role.ADMINISTRATOR else maintains).exists()


FLAGS = tuple(right for right in RIGHTS if right != "workplace")


@admin.register(Membership)
class MembershipAdmin(NamingAdmin[Membership]):
    form = MembershipForm
    purpose = USER_MAINTENANCE
    is_called_by_name = False
    list_display = ("user", "role", "party", "starts_on", "ends_on")
    list_select_related = ("user", "company", "school", "student")
    list_filter = (HoldsTodayFilter, "role")
    search_fields = (
        "user__search_key",
        "user__email",
        "company__search_key",
        "school__search_key",
        "student__search_key",
    )
    ordering = ("user__sort_key", "id")
    autocomplete_fields = ("user", "company", "school", "student", "workplace")
    fieldsets = (
        (
            None,
            {
                "fields": ("user", "role"),
                "description": _(
                    "En tilknytning ændres ikke, når den er oprettet. Skriv, hvornår den slutter, og opret en ny."
                ),
            },
        ),
        (_("Gælder for"), {"fields": ("company", "school", "student", "workplace")}),
        (_("Må også"), {"fields": FLAGS}),
        (_("Periode"), {"fields": ("starts_on", "ends_on")}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001, FBT002
        form: Any = super().get_form(request, obj, change, **options)
        form.administrator = request.user
        return form

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows = super().get_queryset(request).select_related(*self.list_select_related).defer("user__password")
        return rows.annotate(as_students=students_of_user("user"))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        rows: Any = super().get_field_queryset(db, db_field, request)
        return rows.defer("password") if db_field.name == "user" else rows

    def named_by(self, record: Membership) -> Iterable[int]:
        students: list[int] = record.as_students  # type: ignore[attr-defined]  # annotated above
        return students

    def named_in_fields(self, form: BaseForm) -> Iterable[int]:
        student, user = chosen_in(form, "student"), chosen_in(form, "user")
        yield from [student.pk] if student else ()
        yield from user.memberships.exclude(student=None).values_list("student", flat=True) if user else ()

    @admin.display(description=_("gælder for"))
    def party(self, membership: Membership) -> str | None:
        party = membership.company or membership.school or membership.student
        return party.name if party else None

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """Who recorded what, and for whom, hangs on the membership: only its period may change."""
        return ("user", "role", "company", "school", "student", *RIGHTS) if obj else ()
