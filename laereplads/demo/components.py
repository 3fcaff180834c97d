"""What the page of all components shows them with: every kind of field, and the ways on from a page of a list."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from laereplads.design_system.forms import DateField

LEVELS = [("high", _("Høj")), ("medium", _("Middel")), ("low", _("Lav"))]
LONG = "Social- og sundhedsuddannelsernes lokale uddannelsesudvalg i Region Midtjylland og omegn"


class ExampleForm(forms.Form):
    """A field of every kind that the portal's forms have."""

    name = forms.CharField(label=_("Navn"), help_text=_("Skriv navnet, som det står i CPR."))
    email = forms.EmailField(label=_("E-mailadresse"))
    starts_on = DateField(label=_("Begynder"), help_text=_("dd.mm.åååå"))
    place = forms.ChoiceField(label=_("Arbejdssted"), choices=[("", _("Vælg arbejdssted")), ("long", LONG)])
    level = forms.ChoiceField(label=_("Frafaldsrisiko"), choices=LEVELS, widget=forms.RadioSelect)
    levels = forms.MultipleChoiceField(label=_("Niveauer"), choices=LEVELS, widget=forms.CheckboxSelectMultiple)
    people = forms.CharField(label=_("Navne"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agrees = forms.BooleanField(label=_("Jeg har læst det"), help_text=_("Det kan ikke fortrydes."))


def examples() -> dict[str, Any]:
    wrong = ExampleForm({"wrong-email": "ikke en adresse", "wrong-name": LONG}, prefix="wrong")
    wrong.full_clean()
    wrong.add_error(None, _("Nogen har ændret det imens."))
    filled = ExampleForm({"filled-levels": ["high", "low"]}, prefix="filled")
    return {
        "empty": ExampleForm(prefix="empty"),
        "filled": filled,
        "wrong": wrong,
        "long": LONG,
        "page": SimpleNamespace(words="51–75 af 812", printed="25 af 812, udskrevet 30.11.2026"),
        "links": [
            {"text": text, "query": "?", "target": ""} for text in (_("Første"), _("Forrige"), _("Næste"), _("Sidste"))
        ],
        "tab_links": [
            {"text": text, "address": "?", "is_current": is_current}
            for text, is_current in ((_("Profil"), True), (_("Søgelog"), False), (LONG, False))
        ],
    }
