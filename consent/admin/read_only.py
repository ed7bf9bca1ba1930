"""Rows that stand below another thing and are only read."""

from typing import Any, Generic, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

Child = TypeVar("Child", bound=Model)
Parent = TypeVar("Parent", bound=Model)


class _OnlyRead(admin.options.InlineModelAdmin[Child, Parent], Generic[Child, Parent]):
    extra = 0
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RowsToRead(_OnlyRead[Child, Parent], admin.TabularInline[Child, Parent], Generic[Child, Parent]):
    """As a table."""


class SheetsToRead(_OnlyRead[Child, Parent], admin.StackedInline[Child, Parent], Generic[Child, Parent]):
    """One below the other."""
