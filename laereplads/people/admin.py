"""How administrators maintain people, agreements and organisations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access_log.naming_admin import NamingAdmin, chosen_in
from laereplads.audit.admin import PlainModelForm, RecordAdmin, yes_or_no
from laereplads.people.models import Agreement, AgreementType, Company, Education, Merger, School, Student, Workplace
from laereplads.people.names import are_one_name
from laereplads.people.operations import assessed_among, merge_companies, problems_of_merger
from laereplads.people.purposes import AGREEMENT_MAINTENANCE, STUDENT_MAINTENANCE


class ReportedFilter(admin.SimpleListFilter):
    """Students the school still has, and those it has signed off."""

    title = _("udmeldt")
    parameter_name = "udmeldt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nej", _("Nej")), ("ja", _("Ja"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "nej":
            return queryset.filter(signed_off_on=None)
        if self.value() == "ja":
            return queryset.exclude(signed_off_on=None)
        return queryset


class RunningFilter(admin.SimpleListFilter):
    """Agreements by where today lies in their period."""

    title = _("igangværende")
    parameter_name = "igang"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Ja")), ("nej", _("Nej"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "ja":
            return queryset.running()
        if self.value() == "nej":
            return queryset.exclude(pk__in=Agreement.objects.running())
        return queryset


@admin.register(Education)
class EducationAdmin(RecordAdmin[Education]):
    list_display = ("name", "code", "is_of_sosu")
    list_filter = ("is_sosu",)
    search_fields = ("name", "code")

    @admin.display(description=Education._meta.get_field("is_sosu").verbose_name, ordering="is_sosu")
    def is_of_sosu(self, education: Education) -> str:
        return yes_or_no(education.is_sosu)


@admin.register(School)
class SchoolAdmin(RecordAdmin[School]):
    list_display = ("name", "institution_number", "cvr", "p_number", "email", "phone")
    search_fields = ("search_key", "institution_number", "cvr", "p_number")
    fields = ("name", "institution_number", "cvr", "p_number", "email", "phone")


@admin.register(Company)
class CompanyAdmin(RecordAdmin[Company]):
    list_display = ("name", "cvr", "kind", "kommunekode", "region")
    list_select_related = ("region",)
    list_filter = ("kind", "region")
    search_fields = ("search_key", "cvr")
    fields = ("name", "cvr", "kind", "kommunekode", "region")


@admin.register(Workplace)
class WorkplaceAdmin(RecordAdmin[Workplace]):
    list_display = ("name", "company", "p_number", "street", "postal_code", "town")
    list_select_related = ("company",)
    search_fields = ("search_key", "p_number", "town", "company__search_key")
    autocomplete_fields = ("company",)
    fields = ("name", "company", "p_number", "street", "postal_code", "town", "email", "phone")

    def get_readonly_fields(self, request: HttpRequest, obj: Workplace | None = None) -> tuple[str, ...]:
        """A workplace stays its company's: agreements made there would otherwise change company."""
        return ("company",) if obj else ()


class MergerForm(PlainModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        on, successor = self.cleaned_data.get("takes_over_on"), self.cleaned_data.get("successor")
        for field, text in problems_of_merger(successor, on):
            self.add_error(field, text)
        return cleaned


@admin.register(Merger)
class MergerAdmin(RecordAdmin[Merger]):
    """Registered once, and then only read: what has gone over to another company does not come back by a form."""

    list_display = ("company", "successor", "takes_over_on")
    list_select_related = ("company", "successor")
    search_fields = ("company__search_key", "successor__search_key")
    autocomplete_fields = ("company", "successor")
    fields = ("company", "successor", "takes_over_on")
    form = MergerForm

    def has_change_permission(self, request: HttpRequest, obj: Merger | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Merger, form: Any, change: bool) -> None:  # noqa: FBT001
        merger = merge_companies(obj.company, obj.successor, on=obj.takes_over_on)
        obj.pk = merger.pk


class StudentForm(PlainModelForm):
    confirms_identity = forms.BooleanField(
        label=_("Eleven har ved lov fået både nyt navn og ny fødselsdag"),
        help_text=_("Kun når det er det samme menneske. Det bliver skrevet i loggen."),
        required=False,
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.changes_identity and not self.cleaned_data.get("confirms_identity"):
            self.add_error(
                "confirms_identity",
                _(
                    "Elevnummeret tilhører allerede en anden elev. Navn og fødselsdag kan ikke ændres på én gang, "
                    "medmindre du bekræfter, at det er den samme elev."
                ),
            )
        return cleaned

    @property
    def changes_identity(self) -> bool:
        """Whether both name and birth date become others."""
        was, name, born = self.initial, self.cleaned_data.get("name"), self.cleaned_data.get("birth_date")
        if not (self.instance.pk and name and born):
            return False
        return born != was["birth_date"] and not are_one_name(name, was["name"])


@admin.register(Student)
class StudentAdmin(NamingAdmin[Student]):
    form = StudentForm
    purpose = STUDENT_MAINTENANCE
    list_display = ("name", "student_number", "school", "education", "status", "signed_off_on")
    list_select_related = ("school", "education")
    list_filter = (ReportedFilter, "education", "status", "student_type", ("school", admin.RelatedOnlyFieldListFilter))
    search_fields = ("search_key", "student_number", "email", "phone")
    autocomplete_fields = ("school",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("name", "birth_date", "confirms_identity", "email", "phone", "is_protected"),
                    "residence_municipality",
                )
            },
        ),
        (_("Skole"), {"fields": ("school", "student_number", "relation", "signed_off_on", "moved_on")}),
        (
            _("Uddannelse"),
            {
                "fields": (
                    *("education", "student_type", "status", "basic_programme", "expected_completion_on"),
                    *("education_starts_on", "main_programme_starts_on", "dropped_out_on", "has_credit"),
                    "has_completed_youth_education",
                )
            },
        ),
        (_("Profil"), {"fields": ("visibility",)}),
        (_("I loggen"), {"fields": ("public_id",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Student | None = None) -> tuple[str, ...]:
        """Whoever goes to another school is reported by it, and tied to who they were: see docs/life-cycle.md."""
        return ("public_id", "moved_on", "school") if obj else ("public_id", "moved_on")

    def save_model(self, request: HttpRequest, obj: Student, form: Any, change: bool) -> None:  # noqa: FBT001
        changed = [field for field in form.changed_data if field != "confirms_identity"]
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changes_identity:
            obj.identity_confirmed_at = timezone.now()
            obj.save(update_fields=[*changed, "identity_confirmed_at"])
        else:
            obj.save(update_fields=changed)

    def get_fieldsets(self, request: HttpRequest, obj: Student | None = None) -> Any:
        """A student who is not saved yet has no id in the log."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:-1]

    def named_by(self, record: Student) -> Iterable[int]:
        return [record.pk]


class AgreementForm(PlainModelForm):
    def overlaps(self) -> bool:
        """Whether the student has another agreement in the period, and not both are combination agreements."""
        cleaned = self.cleaned_data
        student = self.instance.student if self.instance.pk else cleaned.get("student")
        starts_on, last_day = cleaned.get("starts_on"), cleaned.get("ended_early_on") or cleaned.get("ends_on")
        if not (student and starts_on and last_day):
            return False
        others = Agreement.objects.in_force().filter(student=student, starts_on__lte=last_day, last_day__gte=starts_on)
        if cleaned.get("type") == AgreementType.COMBINATION:
            others = others.exclude(type=AgreementType.COMBINATION)
        return others.exclude(pk=self.instance.pk).exists()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        starts_on, ends_on, ended_early_on = (
            self.cleaned_data.get(name) for name in ("starts_on", "ends_on", "ended_early_on")
        )
        # Said here as well: PostgreSQL cannot compare a period that ends before it begins with others.
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("Aftalen skal slutte efter, at den er begyndt."))
        elif starts_on and ended_early_on and ended_early_on < starts_on:
            self.add_error("ended_early_on", _("En ophævet aftale skal slutte inden for sin periode."))
        elif self.overlaps():
            self.add_error(None, _("Eleven har allerede en aftale i en del af perioden."))
        company = self.instance.company if self.instance.pk else self.cleaned_data.get("company")
        workplace = self.cleaned_data.get("workplace")
        if company and workplace and workplace.company_id != company.pk:
            self.add_error("workplace", forms.ValidationError(_("Vælg et arbejdssted, der hører til virksomheden.")))
        if self.cleaned_data.get("annulled_on") and self.instance.pk and assessed_among([self.instance.pk]):
            self.add_error("annulled_on", _("Aftalen er vurderet og kan ikke annulleres. Ophæv den i stedet."))
        return cleaned


@admin.register(Agreement)
class AgreementAdmin(NamingAdmin[Agreement]):
    form = AgreementForm
    purpose = AGREEMENT_MAINTENANCE
    is_called_by_name = False
    # Education and type are among the filters: with them the list would be too wide for its days.
    list_display = ("number", "student", "company", "workplace", "starts_on", "last_day")
    list_select_related = ("student", "company", "workplace")
    list_filter = (RunningFilter, "type", "education", ("school", admin.RelatedOnlyFieldListFilter))
    search_fields = ("number", "student__search_key", "company__search_key", "workplace__search_key")
    autocomplete_fields = ("student", "company", "workplace", "school")
    fieldsets = (
        (None, {"fields": ("number", "student", "education", "school")}),
        (_("Virksomhed"), {"fields": ("company", "workplace")}),
        (_("Aftale"), {"fields": ("type", "starts_on", "ends_on", "ended_early_on", "annulled_on")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Agreement | None = None) -> tuple[str, ...]:
        """Whom it binds is what an agreement is: its assessments would follow it to somebody they are not about."""
        return ("student", "company", *(("annulled_on",) if obj.annulled_on else ())) if obj else ()

    def named_by(self, record: Agreement) -> Iterable[int]:
        return [record.student_id]

    def named_in_fields(self, form: BaseForm) -> Iterable[int]:
        student = chosen_in(form, "student")
        return [student.pk] if student else ()
