"""DATA_DIR/demo.json, which the demo world leaves behind for people and scripts."""

import json
import os
from pathlib import Path
from typing import Any


def read(data_dir: Path) -> dict[str, Any] | None:
    """Its content, or None where there is no demo world."""
    try:
        content = json.loads(_path(data_dir).read_text())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def say_where(data_dir: Path, url: str) -> None:
    """Let it name the address of this start; the port may have changed since the last one."""
    content = read(data_dir)
    if content is None or content.get("url") == url:
        return
    temporary = _path(data_dir).with_suffix(".new")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps({**content, "url": url}, indent=2, ensure_ascii=False))
    os.replace(temporary, _path(data_dir))


def _path(data_dir: Path) -> Path:
    return data_dir / "demo.json"
