"""Every form field's DKFDS markup is written once: here and in templates/design_system/field.html."""

import functools
from typing import Any, NamedTuple

from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

CLASSES = {"select": "form-select", "checkbox": "form-checkbox", "radio": "form-radio"}


class Tick(NamedTuple):
    id: str
    value: str
    label: str
    is_on: bool


class BoundField(forms.BoundField):
    """A field that says what it is to the design system, and leaves judging the input to the server."""

    @property
    def kind(self) -> str:
        """select, checkbox, checkboxes, radios, hidden or input: which markup fits the widget."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checkboxes"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        if isinstance(widget, forms.Select):
            return "select"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        return "hidden" if widget.is_hidden else "input"

    @property
    def ticks(self) -> list[Tick]:
        """The tick boxes of a filter."""
        chosen = set(self.value() or ())
        choices = enumerate(self.field.choices)  # type: ignore[attr-defined]  # a field with tick boxes has some
        return [Tick(f"{self.auto_id}_{n}", code, str(label), code in chosen) for n, (code, label) in choices]

    @property
    def tick_boxes(self) -> SafeString:
        return written_out(self.html_name, tuple(self.ticks))

    @property
    def first_id(self) -> str:
        """The id of the element that an error message leads to."""
        return self.subwidgets[0].id_for_label if self.kind in {"checkboxes", "radios"} else self.id_for_label

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        # The browser's own bubbles speak its language, one at a time; the server's summary speaks Danish.
        if built.pop("required", None):
            built["aria-required"] = "true"
        own = {"checkboxes": "form-checkbox", "radios": "form-radio"}.get(self.kind) or CLASSES.get(self.kind)
        given = (widget or self.field.widget).attrs.get("class", "")
        built["class"] = f"{own or 'form-input'} {given}".strip()
        return built


@functools.lru_cache(maxsize=1000)
def written_out(name: str, ticks: tuple[Tick, ...]) -> SafeString:
    """The same tick boxes look the same whoever asks: they are written out once, and hold nothing that was typed."""
    return render_to_string("design_system/ticks.html", {"name": name, "ticks": ticks})


class FormRenderer(TemplatesSetting):
    """The form renderer of all forms outside the admin."""

    field_template_name = "design_system/field.html"
    bound_field_class = BoundField


class DateInput(forms.DateInput):
    """The browser's own date field: it opens a calendar, speaks Danish, and works without JavaScript."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
