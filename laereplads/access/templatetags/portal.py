"""What the admin's pages, in Django's own template language, have in common with the portal's."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def session_watch(context: template.Context) -> SafeString:
    """The window that warns before the session ends."""
    return mark_safe(render_to_string("session_watch.html", request=context["request"]))  # noqa: S308  # a template
