"""What forms say of themselves to the design system, whose components write their fields."""

import datetime
import re
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property

EIGHT_DIGITS = re.compile(r"(\d\d)(\d\d)(\d{4})")
CLASSES = {"select": "form-select", "checkbox": "form-checkbox", "radio": "form-radio"}


class BoundField(forms.BoundField):
    """A field that says what it is to the design system, and leaves judging the input to the server."""

    @cached_property
    def kind(self) -> str:
        """select, textarea, checkbox, checkboxes, radios, hidden or input: which markup fits the widget."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checkboxes"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        if isinstance(widget, forms.Select):
            return "select"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.Textarea):
            return "textarea"
        return "hidden" if widget.is_hidden else "input"

    @property
    def widget(self) -> dict[str, Any]:
        """What the widget says of itself: its type, name, value, attributes and options."""
        widget = self.field.widget
        attrs = {**self.build_widget_attrs({}, widget), "id": self.auto_id}
        described: dict[str, Any] = widget.get_context(self.html_name, self.value(), attrs)["widget"]
        return described

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


class Shared(dict[str, forms.Field]):
    """Fields that forms of a class have in common: Django would copy each for every form, which takes half its time."""

    def __deepcopy__(self, _memo: Any) -> dict[str, forms.Field]:
        return dict(self)


class LightForm(forms.Form):
    """A form whose fields are its class's own: who wants another field puts it in the place of the old one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.base_fields = Shared(self.base_fields)  # type: ignore[misc]  # where Django copies them from
        super().__init__(*args, **options)


class FormRenderer(TemplatesSetting):
    """Gives every form fields that the design system's components can write. Django's own templates serve the admin."""

    bound_field_class = BoundField


class DateInput(forms.DateInput):
    """A day as dd.mm.åååå: the browser's own date field has the order of its language, which need not be Danish."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "class": "input-width-s", **(attrs or {})}, format="%d.%m.%Y")


class DateField(forms.DateField):
    """A day, however Danes write it. What is understood is shown as dd.mm.åååå; what is not, as it was typed."""

    widget = DateInput

    def to_python(self, value: Any) -> datetime.date | None:
        # Seven digits would have to be guessed at.
        if isinstance(value, str) and EIGHT_DIGITS.fullmatch(value.strip()):
            value = EIGHT_DIGITS.sub(r"\1.\2.\3", value.strip())
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        try:
            return self.to_python(value)
        except forms.ValidationError:
            return value
