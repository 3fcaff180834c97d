"""Files that wait for an administrator to say yes."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from laereplads.accounts.models import User

KEPT_FOR = datetime.timedelta(hours=8)


class UploadQuerySet(models.QuerySet["Upload"]):
    def expired(self) -> Self:
        """Those that nobody has said yes or no to within a working day: their names are no longer needed."""
        return self.filter(uploaded_at__lt=timezone.now() - KEPT_FOR)

    def waiting(self, kind: str, user: User) -> Self:
        """The user's own of that kind."""
        return self.filter(kind=kind, uploaded_by=user)


class Upload(models.Model):
    """A file between preview and confirmation. It holds names, so it goes as soon as it is read or dropped."""

    kind = models.CharField(_("slags"), max_length=30)
    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("bruger"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploadet"), default=timezone.now)
    content = models.BinaryField(_("indhold"))
    is_full = models.BooleanField(_("alle er med"), default=False)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("fil")
        verbose_name_plural = _("filer")

    def __str__(self) -> str:
        return str(self.public_id)
