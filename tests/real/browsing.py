"""One visit to a page in a real browser, and everything that is to be known from it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What can be focused and is shown. Where the focus goes
# from then on is noted, and whether it can be seen.
WATCH = """() => {
    const reachable = [...document.querySelectorAll(
        'a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]')]
        .filter(e => e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}));
    window.focused = [];
    document.addEventListener('focusin', event => {
        const style = getComputedStyle(event.target);
        window.focused.push([reachable.indexOf(event.target),
            style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]);
    });
    window.reachable = reachable;
    return reachable.length;
}"""
MISSED = """() => {
    const seen = new Set(window.focused.map(each => each[0]));
    return window.reachable.filter((_, number) => !seen.has(number))
        .map(e => e.outerHTML.slice(0, 200));
}"""
UNSEEN = """() => window.focused.filter(each => !each[1])
    .map(each => window.reachable[each[0]]?.outerHTML.slice(0, 200) ?? 'something else')"""


@dataclass
class Visit:
    """An open page: what it wanted from elsewhere, said on the console, and how much was sent."""

    page: "Page"
    elsewhere: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    responses: list[Any] = field(default_factory=list)

    def sent(self) -> int:
        """Bytes as they went over the wire, heads of messages and fonts apart."""
        return sum(
            each.request.sizes()["responseBodySize"]
            for each in self.responses
            if not each.url.endswith(".woff2")
        )


@dataclass(frozen=True)
class Findings:
    """What one visit found out about a page, which is closed again."""

    status: int
    headings: int
    styled: bool
    elsewhere: list[str]
    said: list[str]
    needed_width: int
    sent: int
    axe: str
    not_reached: list[str]
    not_visible: list[str]


def opened(browser: "Browser", address: str, path: str, width: int) -> Visit:
    """The page of a service; what it wants from elsewhere is refused."""
    size: Any = {"width": width, "height": 900}
    seen = Visit(browser.new_context(viewport=size, locale="de-DE").new_page())

    def answer(route: Any) -> None:
        if route.request.url.startswith(f"{address}/"):
            route.continue_()
        else:
            seen.elsewhere.append(route.request.url)
            route.abort()

    seen.page.route("**/*", answer)
    seen.page.on("console", lambda message: seen.said.append(message.text))
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("response", lambda response: seen.responses.append(response))
    seen.page.goto(f"{address}{path}", wait_until="load")
    seen.page.evaluate("document.fonts.ready.then(() => true)")
    return seen


def findings(browser: "Browser", address: str, path: str, width: int, axe: Any) -> Findings:
    """Everything about a page in one visit; the visit is over then."""
    visit = opened(browser, address, path, width)
    page = visit.page
    styled = page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none"
    said, sent = list(visit.said), visit.sent()
    results = axe.run(page)
    for _ in range(page.evaluate(WATCH)):
        page.keyboard.press("Tab")
    found = Findings(
        status=visit.responses[0].status,
        headings=page.locator("h1").count(),
        styled=styled,
        elsewhere=visit.elsewhere,
        said=said,
        needed_width=page.evaluate("document.documentElement.scrollWidth"),
        sent=sent,
        axe=results.generate_report() if results.violations_count else "",
        not_reached=page.evaluate(MISSED),
        not_visible=page.evaluate(UNSEEN),
    )
    page.context.close()
    return found
