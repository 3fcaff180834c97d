"""Files that wait for a yes of whoever sent them."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable

    from laereplads.imports.files.kinds import FileKind
    from laereplads.imports.files.plan import Covers

KEPT_FOR = datetime.timedelta(hours=8)


class UploadQuerySet(models.QuerySet["Upload"]):
    def expired(self) -> Self:
        """Those that nobody has said yes or no to within a working day: their names are no longer needed."""
        return self.filter(uploaded_at__lt=timezone.now() - KEPT_FOR)

    def visible_to(self, membership: Membership) -> Self:
        """The membership's own: nobody else says yes to a file."""
        return self.filter(uploaded_by=membership)

    def waiting(self, kinds: Iterable[FileKind], membership: Membership) -> Self:
        """The membership's own of those kinds."""
        return self.visible_to(membership).filter(kind__in=[kind.code for kind in kinds])


class Upload(models.Model):
    """A file between preview and confirmation. It holds names, so it goes as soon as it is read or dropped."""

    kind = models.CharField(_("slags"), max_length=30)
    public_id = models.UUIDField(_("portal-id"), default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, verbose_name=_("sendt af"), related_name="+")
    uploaded_at = models.DateTimeField(_("uploadet"), default=timezone.now)
    content = models.BinaryField(_("indhold"))
    is_full = models.BooleanField(_("alle er med"), default=False)
    # The days of which the file has everything.
    covers_from = models.DateField(_("komplet fra"), null=True)
    covers_to = models.DateField(_("komplet til og med"), null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("fil")
        verbose_name_plural = _("filer")
        constraints = [
            models.CheckConstraint(
                condition=Q(covers_from=None, covers_to=None)
                | Q(covers_from__isnull=False, covers_to__isnull=False, covers_from__lte=F("covers_to")),
                name="upload_covers_days_in_order_or_none",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def covers(self) -> Covers | None:
        return (self.covers_from, self.covers_to) if self.covers_from and self.covers_to else None
