"""Taking in files: in memory alone, since what proves something must not lie in a temporary file, and never too much."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# A byte more than the largest document: what is larger still is told by its size, and not kept.
MOST = 10 * 1024 * 1024 + 1


class InMemoryAlone(FileUploadHandler):
    """Keeps the beginning of the files of one request, as much as any form takes; the rest is read and dropped."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._room = MOST

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        kept = raw_data[: self._room]
        self._room -= len(kept)
        self._content.write(kept)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._content.seek(0)
        return InMemoryUploadedFile(
            self._content, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )
