"""The personas, for the login page."""

from django import template

from laereplads.demo.personas import PERSONAS, Persona

register = template.Library()


@register.simple_tag
def personas() -> tuple[Persona, ...]:
    return PERSONAS
