"""Files are taken in in memory alone, and never more than any form takes."""

from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from disclosure.services.documents import MAX_BYTES
from privacy_app.uploads import MOST


def received(size: int) -> Any:
    file = SimpleUploadedFile("order.pdf", b"x" * size, content_type="application/pdf")
    request = RequestFactory().post("/en/desk/", {"document": file, "number": "77"})
    assert request.POST["number"] == "77"
    return request.FILES["document"]


@pytest.mark.parametrize("size", [1, 3_000_000, MAX_BYTES, MAX_BYTES + 1])
def test_a_file_is_kept_in_memory_whole(size: int) -> None:
    file = received(size)
    assert isinstance(file, InMemoryUploadedFile)
    assert (file.size, len(file.read())) == (size, size)


def test_of_what_is_too_large_only_its_size_is_known_in_full() -> None:
    file = received(MAX_BYTES + 3_000_000)
    assert file.size == MAX_BYTES + 3_000_000
    assert len(file.read()) == MOST == MAX_BYTES + 1
