"""Names of groups and of saved filters, and which group students are put into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from laereplads.database.cpr import refuse_cpr_number
from laereplads.database.text import refuse_broken_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schools.groups import GroupName

LONGEST_NAME = 60
SEEN_BY_STUDENTS = _(
    "Eleven kan se gruppens navn i sine egne oplysninger. Skriv intet følsomt, og ingen navne på elever."
)


class NameField(forms.CharField):
    """A short name in one line."""

    def __init__(self, **options: Any) -> None:
        words = {"required": _("Skriv et navn."), "max_length": _("Skriv højst 60 tegn.")}
        super().__init__(
            max_length=LONGEST_NAME,
            validators=[refuse_cpr_number, refuse_broken_letters],
            error_messages=words,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class GroupForm(forms.Form):
    """What a group is called."""

    name = NameField(label=_("Gruppens navn"), help_text=SEEN_BY_STUDENTS)


class GroupAddForm(forms.Form):
    """Into which group: one that there is, or a new one."""

    group = forms.ChoiceField(
        label=_("Gruppe"), required=False, error_messages={"invalid_choice": _("Gruppen findes ikke længere.")}
    )
    name = NameField(label=_("Eller opret en ny gruppe"), required=False, help_text=SEEN_BY_STUDENTS)

    def __init__(self, data: Any, groups: Sequence[GroupName]) -> None:
        super().__init__(data)
        if groups:
            choices = [("", _("Vælg en gruppe")), *((str(group.public_id), group.name) for group in groups)]
            self.fields["group"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's
        else:
            del self.fields["group"]
            self.fields["name"].label = _("Den nye gruppes navn")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned.get("group")) == bool(cleaned.get("name")):
            both = cleaned.get("name")
            self.add_error(
                "name",
                _("Vælg en gruppe, eller skriv navnet på en ny. Ikke begge dele.")
                if both
                else _("Vælg en gruppe, eller skriv navnet på en ny."),
            )
        return cleaned


class SavedFilterForm(forms.Form):
    """What a saved filter is called, and whether it tells of those whom it finds for the first time."""

    name = NameField(label=_("Filterets navn"), help_text=_("Skriv intet følsomt, og ingen navne på elever."))
    tells_of_new = forms.BooleanField(
        label=_("Giv mig besked, når en ny elev passer"),
        required=False,
        help_text=_(
            "Du får en mail kl. 6.30 på hverdage, når der er nye elever. Mailen siger kun, hvor mange der er. "
            "Portalen giver kun besked, når filteret finder højst 500 elever."
        ),
    )
