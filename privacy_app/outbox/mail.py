"""Mail where no mail server is set: each message on the console and as a file of its own."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.console import EmailBackend as Console
from django.core.mail.backends.filebased import EmailBackend as Files
from django.utils import timezone


class _File(Files):
    """Django's, but for the name: its own repeats itself within a second."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:8]}.log"

    def _get_filename(self) -> str:
        return os.path.join(self.file_path, self._name)


class ConsoleAndFileBackend(BaseEmailBackend):
    """For the demo. Files go to `EMAIL_FILE_PATH`."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.console = Console(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.console.send_messages(email_messages)
        for message in email_messages:
            # Django's writes all that goes over one connection into one file.
            _File(fail_silently=self.fail_silently).send_messages([message])
        return len(email_messages)
