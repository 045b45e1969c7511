"""Makes the pictures of the documentation: `python docs/screenshots.py [FOLDER]`.

Opens the example cities in this process and shows their pages in Chromium: docs/images/*.png.
What a page wants from elsewhere is refused. Needs what `make test-all` needs.
"""

import shutil
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from small_png import small_png

from nhm_graph.graph import open_graph
from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app

DESKTOP, TELEPHONE = (1280, 900), (390, 844)
QUERY = quote(
    """PREFIX nhm: <https://w3id.org/nhm/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?measure ?title ?end
WHERE {
  ?measure a nhm:Measure ; skos:prefLabel ?title ; nhm:plannedEnd ?end .
  FILTER(lang(?title) = "en")
}
ORDER BY ?end ?title
LIMIT 8"""
)
PICTURES = {
    "first": ("/?city=musterstadt&lang=de", DESKTOP),
    "first-telephone": ("/?city=musterstadt&lang=de", TELEPHONE),
    "first-partly-recorded": ("/?city=heilbronn&lang=en", DESKTOP),
    "coverage": ("/coverage?city=musterstadt&lang=de", DESKTOP),
    "coverage-telephone": ("/coverage?city=musterstadt&lang=en", TELEPHONE),
    "goals": ("/goals?city=musterstadt&lang=de", DESKTOP),
    "responsibilities": ("/responsibilities?city=musterstadt&lang=en", DESKTOP),
    "progress": ("/progress?city=musterstadt&lang=de", DESKTOP),
    "timeline": ("/timeline?city=musterstadt&lang=de", DESKTOP),
    "comparison": ("/comparison?city=musterstadt&lang=en", DESKTOP),
    "measure": ("/doc/musterstadt/measure/M-02?lang=de", DESKTOP),
    "sparql": (f"/sparql/form?lang=en&query={QUERY}", DESKTOP),
    "check": ("/check?lang=de", DESKTOP),
}
MOST_BYTES = 150_000
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-lcd-text",
]


def main(folder: Path, whole: bool = False) -> None:
    """Writes all pictures into a folder."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    app = create_app(settings, open_graph(settings))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
                for name, (path, size) in PICTURES.items():
                    take(browser, address, path, size, folder / f"{name}.png", whole)
                browser.close()
        finally:
            server.should_exit = True
            running.join(timeout=10)


def take(
    browser: Browser, address: str, path: str, size: tuple[int, int], target: Path, whole: bool
) -> None:
    """One picture; a page that is refused, or a picture that is too large, ends the run."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="de-DE")
    page = context.new_page()
    page.route(
        "**/*",
        lambda route: (
            route.continue_() if route.request.url.startswith(f"{address}/") else route.abort()
        ),
    )
    response = page.goto(f"{address}{path}", wait_until="networkidle")
    if response is None or response.status != 200:
        sys.exit(f"{path}: {response.status if response else 'no answer'}")
    taken = page.screenshot(full_page=whole)
    target.write_bytes(taken if whole else small_png(taken))
    if not whole and target.stat().st_size > MOST_BYTES:
        sys.exit(f"{target} has {target.stat().st_size} bytes, more than {MOST_BYTES}")
    context.close()


if __name__ == "__main__":
    words = [each for each in sys.argv[1:] if each != "--whole"]
    place = Path(words[0]) if words else Path(__file__).parent / "images"
    main(place, whole="--whole" in sys.argv)
