"""What is wrong with a page as it is rendered: WCAG 2.2 AA by axe, and whether it is wider than the window."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page: Page) -> list[str]:
    """One line for each."""
    found = Axe().run(page, options=WCAG).response["violations"]
    told = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        told.append("wider than the window")
    return told
