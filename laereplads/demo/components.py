"""What the page of all components shows them with: every kind of field, and the ways on from a page of a list."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from laereplads.design_system.charts import Bars, Group, Step, Timeline
from laereplads.design_system.forms import DateField

LEVELS = [("high", _("Høj")), ("medium", _("Middel")), ("low", _("Lav"))]
# Of the year that the charts show: Christmas.
WITHOUT_DAYS = {52, 53, 1}
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


def charts() -> dict[str, Bars | Timeline]:
    """Each kind: few and many bars, slim and full ones, one series and several, nought and nothing to count."""
    lawful = [0, 30, 125, 250, 75, 5, 0, 1000, 400, 90]
    unlawful = [0, 0, 50, 125, 200, 10, 0, 0, 600, 35]
    columns: Any = {
        "name": gettext("Søjlediagram over elevens fravær uge for uge"),
        "caption": gettext("Fravær uge for uge"),
        "heading": gettext("Uge"),
        "series": [gettext("Lovligt"), gettext("Ulovligt")],
        "unit": "%",
        "decimals": 1,
        "whole": 1000,
        "nothing": gettext("Ingen dage"),
    }
    by_week = [
        Group(f"uge {week}", None if week in WITHOUT_DAYS else (lawful[week % 10], unlawful[week % 10]))
        for week in [*range(33, 54), *range(1, 20)]
    ]
    levels = [str(label) for _value, label in LEVELS]
    return {
        "many_weeks": Bars(id="many-weeks", groups=by_week, **columns),
        "few_weeks": Bars(id="few-weeks", groups=by_week[15:20], **columns),
        "weekdays": Bars(
            id="weekdays",
            name=gettext("Søjlediagram over elevens fravær på ugens dage"),
            caption=gettext("Fravær på ugens dage"),
            heading=gettext("Ugedag"),
            series=[gettext("Fravær")],
            groups=[
                Group(gettext("Mandag"), (315,), ["19"]),
                Group(gettext("Tirsdag"), (1,), ["20"]),
                Group(gettext("Onsdag"), (0,), ["20"]),
                Group(gettext("Torsdag"), (1000,), ["1"]),
                Group(gettext("Fredag"), None, ["0"]),
            ],
            unit="%",
            decimals=1,
            whole=1000,
            beside=[gettext("Skoledage")],
            nothing=gettext("Ingen dage"),
        ),
        "levels": Bars(
            id="levels",
            name=gettext("Søjlediagram over frafaldsrisikoen på uddannelserne"),
            caption=gettext("Frafaldsrisiko på uddannelserne"),
            heading=gettext("Uddannelse"),
            series=[*levels, gettext("Ikke registreret")],
            groups=[
                Group(gettext("Social- og sundhedshjælper"), (12, 31, 140, 64)),
                Group(LONG, (0, 1, 0, 2)),
                Group(gettext("Pædagogisk assistent"), None),
            ],
            nothing=gettext("Ingen elever"),
        ),
        "timeline": Timeline(
            name=gettext("Tidslinje over frafaldsrisikoen"),
            levels=levels,
            steps=[
                Step(datetime.date(2026, 1, 5), 0, "error", datetime.date(2026, 5, 1), is_joined=True),
                Step(datetime.date(2026, 5, 1), 1, "warning", datetime.date(2026, 8, 1)),
                Step(datetime.date(2026, 8, 1), None, "none"),
                Step(datetime.date(2026, 10, 1), 2, "success", datetime.date(2026, 11, 30)),
            ],
            last_day=datetime.date(2026, 11, 30),
            last_words=gettext("I dag"),
        ),
    }


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
        "charts": charts(),
        "page": SimpleNamespace(words="51–75 af 812", printed="25 af 812, udskrevet 30.11.2026"),
        "links": [
            {"text": text, "query": "?", "target": ""} for text in (_("Første"), _("Forrige"), _("Næste"), _("Sidste"))
        ],
        "tab_links": [
            {"text": text, "address": "?", "is_current": is_current}
            for text, is_current in ((_("Profil"), True), (_("Søgelog"), False), (LONG, False))
        ],
    }
