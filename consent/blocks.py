"""What Markdown says, as plain words in blocks: what two texts are compared by.

Emphasis and the numbers of a list are no words and are left out; an address that a link hides behind its words is
put after them, so that a link which leads elsewhere shows as changed words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markdown_it.token import Token


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    ITEM = "item"
    NUMBERED = "numbered"
    HEADING = "heading"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, heading, table row or line of code. `depth` counts the lists and quotations around it.

    The words stand with single spaces between.
    """

    kind: BlockKind
    depth: int
    text: str


_AROUND = frozenset({"bullet_list", "ordered_list", "blockquote"})


def blocks_of(tokens: Sequence[Token]) -> tuple[Block, ...]:
    """The blocks of a parsed text, in order; none that has no words."""
    blocks: list[Block] = []
    depth = 0
    lists: list[BlockKind] = []
    # Of an item whose first words are still to come.
    item: BlockKind | None = None
    cells: list[str] | None = None
    heading = False

    def add(kind: BlockKind, text: str) -> None:
        if words := " ".join(text.split()):
            blocks.append(Block(kind, depth, words))

    for token in tokens:
        name, _, side = token.type.rpartition("_")
        if name in _AROUND:
            depth += 1 if side == "open" else -1
            if name != "blockquote":
                if side == "open":
                    lists.append(BlockKind.NUMBERED if name == "ordered_list" else BlockKind.ITEM)
                else:
                    lists.pop()
        elif token.type == "list_item_open":
            item = lists[-1]
        elif token.type == "list_item_close":
            item = None
        elif name == "heading":
            heading = side == "open"
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            add(BlockKind.ROW, " | ".join(cells or ()))
            cells = None
        elif token.type == "inline":
            words = _words(token.children or ())
            if cells is not None:
                cells.append(words)
            elif heading:
                add(BlockKind.HEADING, words)
            else:
                add(item or BlockKind.PARAGRAPH, words)
                item = None
        elif token.type in ("fence", "code_block"):
            for line in token.content.splitlines():
                add(BlockKind.CODE, line)
    return tuple(blocks)


def _words(children: Sequence[Token]) -> str:
    """The words of a line, each link followed by its address where that is not its words or a place in the text."""
    said: list[str] = []
    links: list[tuple[str, int]] = []
    for token in children:
        match token.type:
            case "text" | "code_inline":
                said.append(token.content)
            case "softbreak" | "hardbreak":
                said.append(" ")
            case "link_open":
                links.append((str(token.attrs.get("href", "")), len(said)))
            case "link_close":
                address, start = links.pop()
                if not address.startswith("#") and address.removeprefix("mailto:") != "".join(said[start:]):
                    said.append(f" ({address})")
    return "".join(said)
