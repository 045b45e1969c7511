"""The files of deploy/ at work: nginx in front of the service, the unit for systemd, Caddy."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from contract.engines import free_ports, running
from pages import ROOT
from real import preflight
from real.processes import TOKEN, Service, serving

pytestmark = pytest.mark.real

DEPLOY = ROOT / "deploy"
NAME = "daten.example.org"
# The rest of a configuration of nginx; one process, which stays the user that runs the tests.
AROUND = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/nhm-graph.conf;
}}
"""
# 100 million rows: it does not come to its end before the reader is killed.
ENDLESS = "SELECT * {{ {} }}".format(
    " ".join(f"VALUES ?{each} {{ {' '.join(map(str, range(100)))} }}" for each in "abcd")
)
SMALL = "SELECT (1 AS ?a) {}"


def changed(text: str, changes: dict[str, str]) -> str:
    """The text with these changes; each has to fit exactly once."""
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# ----- nginx -----


class Proxy:
    """nginx as deploy/nginx.conf has it, in front of a service; readers trust its certificate."""

    def __init__(self, service: Service, folder: Path, secure: int, plain: int) -> None:
        self.service = service
        self.folder = folder
        self.plain = f"http://127.0.0.1:{plain}"
        self.secure = f"https://127.0.0.1:{secure}"

    def client(self, source: str = "127.0.0.1") -> httpx.Client:
        """Asks from this address of the machine."""
        transport = httpx.HTTPTransport(verify=False, local_address=source, trust_env=False)
        return httpx.Client(
            base_url=self.secure, headers={"Host": NAME}, transport=transport, timeout=60
        )


@pytest.fixture(scope="module")
def certificate(
    program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A certificate and its key, signed by itself."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "certificate.pem", folder / "key.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    subprocess.run(
        [str(program("openssl")), *words, "-out", str(paths[0]), "-keyout", str(paths[1])],
        capture_output=True,
        check=True,
    )
    return paths


@pytest.fixture(scope="module")
def proxy(
    program: Callable[[str], Path],
    certificate: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    nginx = program("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    secure, plain = free_ports(2)
    store = tmp_path_factory.mktemp("deploy") / "store"
    with serving(store, NHM_ADMIN_TOKEN=TOKEN) as service:
        configuration = changed(
            (DEPLOY / "nginx.conf").read_text("utf-8"),
            {
                "server 127.0.0.1:8000;": f"server 127.0.0.1:{service.port};",
                "    listen 443 ssl http2;": f"    listen 127.0.0.1:{secure} ssl http2;",
                "    listen [::]:443 ssl http2;\n": "",
                "    listen 80;": f"    listen 127.0.0.1:{plain};",
                "    listen [::]:80;\n": "",
                f"/etc/ssl/certs/{NAME}.pem": str(certificate[0]),
                f"/etc/ssl/private/{NAME}.key": str(certificate[1]),
            },
        )
        (folder / "nhm-graph.conf").write_text(configuration, "utf-8")
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder), "utf-8")
        command = [str(nginx), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        subprocess.run([*command, "-t"], capture_output=True, check=True)
        with running(command, secure, folder):
            yield Proxy(service, folder, secure, plain)


def test_pages_and_questions_come_through_the_proxy(proxy: Proxy) -> None:
    with proxy.client() as client:
        page = client.get("/?city=musterstadt&lang=en")
        assert page.headers["content-type"].startswith("text/html")
        assert "Musterstadt" in page.text
        style = re.search(r'rel="stylesheet" href="([^"]+)"', page.text)
        assert style
        assert client.get(style[1]).status_code == 200
        question = "/queries/sdg-coverage.csv?city=musterstadt&lang=en"
        direct = httpx.get(proxy.service.address + question, trust_env=False)
        assert client.get(question).content == direct.content


def test_the_service_knows_its_address_outside(proxy: Proxy) -> None:
    with proxy.client() as client:
        described = client.get("/sparql", headers={"Accept": "text/turtle"}).text
    assert f"<https://{NAME}/sparql>" in described


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    answer = httpx.get(f"{proxy.plain}/queries?lang=de", headers={"Host": NAME}, trust_env=False)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"https://{NAME}/queries?lang=de"


def test_an_answer_passes_through_while_it_is_made(proxy: Proxy) -> None:
    with proxy.client() as client, client.stream("GET", "/sparql", params=csv()) as answer:
        assert answer.status_code == 200
        received = 0
        for chunk in answer.iter_raw():
            received += len(chunk)
            if received > 1_000_000:
                break
        # Not all of it was made, let alone kept here: nothing was buffered.
        assert list((proxy.folder / "proxy").rglob("*")) == []


def csv(query: str = ENDLESS) -> dict[str, str]:
    return {"query": query}


def test_the_service_notices_through_the_proxy_that_a_reader_left(proxy: Proxy) -> None:
    with proxy.client() as client:
        assert client.get("/sparql", params=csv(SMALL)).status_code == 200
        with client.stream("GET", "/sparql", params=csv()) as answer:
            next(answer.iter_raw())
            at_work = set(proxy.service.readers())
    until = time.monotonic() + 10
    while at_work <= set(proxy.service.readers()) and time.monotonic() < until:
        time.sleep(0.05)
    # The one that worked on it was ended.
    assert not at_work <= set(proxy.service.readers())


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("packed", [(), ("--compressed",)], ids=["plain", "gzip"])
def test_a_broken_answer_stays_visibly_broken(
    proxy: Proxy,
    program: Callable[[str], Path],
    tmp_path: Path,
    version: str,
    packed: tuple[str, ...],
) -> None:
    words = ["-sS", "-k", version, *packed, "--limit-rate", "5M", "--max-time", "60"]
    target = f"{proxy.secure}/sparql?{urlencode(csv())}"
    answer = tmp_path / "answer"
    command = [str(program("curl")), *words, "-H", f"Host: {NAME}", "-o", str(answer), target]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as curl:
        until = time.monotonic() + 30
        while not (answer.exists() and answer.stat().st_size) and time.monotonic() < until:
            time.sleep(0.02)
        for reader in proxy.service.readers():
            os.kill(reader, signal.SIGKILL)
        _, said = curl.communicate(timeout=60)
    # 18: the end is missing; 56: the connection broke; 92: the stream of HTTP/2 was reset.
    assert curl.returncode in (18, 56, 92), said
    with proxy.client() as client:
        assert client.get("/sparql", params=csv(SMALL)).status_code == 200


def test_figures_are_for_this_machine_only(proxy: Proxy) -> None:
    with proxy.client() as client:
        figures = client.get("/metrics")
        assert figures.status_code == 200
        assert "nhm_graph_requests_total" in figures.text
    with proxy.client("127.0.0.2") as client:
        assert client.get("/health").status_code == 200
        assert client.get("/metrics").status_code == 403


def test_the_service_says_what_is_too_large_and_beyond_25_mb_the_proxy_does(
    proxy: Proxy, tmp_path: Path, program: Callable[[str], Path]
) -> None:
    target = f"{proxy.secure}/store?graph=https://data.neudorf.example/graph/plan"
    words = [
        "-sS",
        "-k",
        "-X",
        "PUT",
        "-H",
        f"Authorization: Bearer {TOKEN}",
        "-H",
        f"Host: {NAME}",
    ]
    words += ["-H", "Content-Type: application/n-triples", "-w", "%{http_code} %{content_type}"]
    for version in ("--http1.1", "--http2"):
        said = []
        for megabytes in (21, 27):  # 25m is 26.2 MB
            (tmp_path / "data.nt").write_bytes(b"#" * (megabytes * 1_000_000))
            command = [str(program("curl")), *words, version, "-o", str(tmp_path / "answer")]
            done = subprocess.run(
                [*command, "--data-binary", f"@{tmp_path / 'data.nt'}", target],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            said.append(done.stdout)
        assert said == ["413 application/problem+json", "413 text/html"]


def test_one_address_gets_a_bounded_number_of_queries_and_all_pages(proxy: Proxy) -> None:
    with proxy.client("127.0.0.3") as client:
        answers = [client.get("/sparql", params=csv(SMALL)).status_code for _ in range(80)]
        assert answers[:40] == [200] * 40  # a burst
        assert 429 in answers[40:]
        assert {client.get("/health").status_code for _ in range(80)} == {200}


def test_the_proxy_keeps_no_address_of_a_reader(proxy: Proxy) -> None:
    with proxy.client() as client:
        client.get("/health")
    logged = proxy.folder / "access.log"
    assert not logged.exists() or logged.read_text("utf-8") == ""


# ----- systemd -----


def test_systemd_takes_the_unit(program: Callable[[str], Path], tmp_path: Path) -> None:
    text = (DEPLOY / "nhm-graph.service").read_text("utf-8")
    command = "/opt/nhm-graph/bin/nhm-graph serve --store /var/lib/nhm-graph/store"
    unit = tmp_path / "nhm-graph.service"
    unit.write_text(changed(text, {f"ExecStart={command}": f"ExecStart={sys.executable}"}), "utf-8")
    done = subprocess.run(
        [str(program("systemd")), "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, said) == (0, [])


def test_the_unit_starts_the_command_there_is() -> None:
    text = (DEPLOY / "nhm-graph.service").read_text("utf-8")
    found = re.search(r"^ExecStart=\S+/nhm-graph (.*)$", text, re.MULTILINE)
    assert found
    words = ["-m", "nhm_graph", *found[1].split(), "--help"]
    done = subprocess.run([sys.executable, *words], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


# ----- Caddy: tested where it is, and no part of the check of a fresh clone -----

if caddy := preflight.Program(("caddy",), "the service behind a proxy", "").path():

    def test_caddy_takes_its_file() -> None:
        command = [str(caddy), "validate", "--adapter", "caddyfile", "--config"]
        done = subprocess.run(
            [*command, str(DEPLOY / "Caddyfile")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
