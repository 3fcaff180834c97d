"""Names this app for Django."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "laereplads.people"
    verbose_name = _("Elever, aftaler og organisationer")

    def ready(self) -> None:
        from laereplads.people.educations import forget  # models are there only now
        from laereplads.people.models import Education

        for changed in (post_save, post_delete):
            changed.connect(forget, sender=Education)
