"""What the tests of pages share: the words that a page shows, and words that attack one."""

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = (
    "<script>document.title='gone'</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}\u202e&amp;"
)
SHOWN = HOSTILE.replace("\u202e", "\\u202e")


class Words(HTMLParser):
    """The words of a page, and its elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._pieces: list[str] = []
        self._hidden = False
        self.feed(text)
        self.words = " ".join("".join(self._pieces).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._pieces.append(data)


def opened(browser_page: "Page", page: str, tmp_path: Path) -> tuple[list[str], list[str]]:
    """Requests and complaints while the page is opened."""
    requests: list[str] = []
    complaints: list[str] = []
    browser_page.on("request", lambda request: requests.append(request.url))
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.on("dialog", lambda dialog: complaints.append(dialog.message))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    browser_page.goto((tmp_path / "page.html").as_uri())
    return requests, complaints
