"""A day is typed as Danes write it, in every form and filter of the pages, and no browser decides its order."""

import datetime
import importlib
import pkgutil

import pytest
from django import forms
from django.utils import translation

import companies
import schools
import students
from laereplads.design_system.forms import DateField, DateInput

DAY = datetime.date(2026, 3, 2)


def forms_of_pages():
    for app in (companies, schools, students):
        for module in pkgutil.iter_modules(app.__path__, f"{app.__name__}."):
            for each in vars(importlib.import_module(module.name)).values():
                if isinstance(each, type) and issubclass(each, forms.BaseForm) and each.__module__ == module.name:
                    yield each


FIELDS = [
    pytest.param(field, id=f"{form.__name__}.{name}")
    for form in forms_of_pages()
    for name, field in form.base_fields.items()
    if isinstance(field, forms.DateField | forms.DateTimeField)
]


def test_there_are_such_fields():
    assert len(FIELDS) >= 4


@pytest.mark.parametrize("field", FIELDS)
def test_a_day_is_a_text_that_says_how_it_is_written(field):
    assert isinstance(field, DateField)
    assert isinstance(field.widget, DateInput)
    assert field.widget.input_type == "text"
    assert "dd.mm.åååå" in str(field.help_text)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(
    "typed",
    [
        *("02.03.2026", "2.3.2026", "02-03-2026", "2/3/2026", "2/3-2026", "2,3,2026", "2. 3. 2026", "2 3 2026"),
        *("02032026", "2.3.26", "02-03-26", "2026-03-02", " 02.03.2026 "),
    ],
)
def test_it_is_understood_as_danes_write_it_and_shown_one_way(typed, language):
    class Form(forms.Form):
        day = DateField()

    with translation.override(language):
        form = Form({"day": typed})

        assert form.is_valid(), form.errors
        assert form.cleaned_data == {"day": DAY}
        assert form["day"].value() == DAY
        assert 'type="text"' in str(form["day"])
        assert 'value="02.03.2026"' in str(form["day"])


@pytest.mark.parametrize("typed", ["i går", "31.02.2026", "03/32/2026", "2026", "12.2026"])
def test_what_is_no_day_stays_as_it_was_typed(typed):
    class Form(forms.Form):
        day = DateField()

    form = Form({"day": typed})

    assert not form.is_valid()
    assert f'value="{typed}"' in str(form["day"])
