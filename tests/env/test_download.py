"""Downloads carry on where they stopped and count only when they are whole."""

import errno
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from suite.download import download
from suite.errors import SuiteError

CONTENT = bytes(range(256)) * 4000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Archive(BaseHTTPRequestHandler):
    """Serves CONTENT, from an offset if asked; notes what was asked."""

    asked = []

    def do_GET(self):
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
        self.asked.append(start)
        self.send_response(206)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, *_args):
        """Quiet."""


@pytest.fixture
def address():
    Archive.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/package.deb"
    server.shutdown()
    server.server_close()


def test_a_whole_file_is_fetched_and_checked(address, tmp_path):
    target = tmp_path / "package.deb"
    download(address, target, len(CONTENT), DIGEST)
    assert target.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_there_is_not_fetched_again(address, tmp_path):
    target = tmp_path / "package.deb"
    target.write_bytes(CONTENT)
    download(address, target, len(CONTENT), DIGEST)
    assert Archive.asked == []


def test_an_interrupted_download_carries_on(address, tmp_path):
    (tmp_path / "package.deb.part").write_bytes(CONTENT[:1000])
    download(address, tmp_path / "package.deb", len(CONTENT), DIGEST)
    assert Archive.asked == [1000]
    assert (tmp_path / "package.deb").read_bytes() == CONTENT


def test_a_spoiled_part_is_thrown_away_and_fetched_anew(address, tmp_path):
    (tmp_path / "package.deb.part").write_bytes(b"x" * 1000)
    download(address, tmp_path / "package.deb", len(CONTENT), DIGEST)
    assert Archive.asked == [1000, 0]
    assert (tmp_path / "package.deb").read_bytes() == CONTENT


def test_a_file_that_is_not_the_promised_one_is_refused(address, tmp_path):
    with pytest.raises(SuiteError, match="checksum"):
        download(address, tmp_path / "package.deb", len(CONTENT), "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_one_sentence(tmp_path):
    with pytest.raises(SuiteError, match="No network: .* carries on"):
        download("http://127.0.0.1:9/x.deb", tmp_path / "x.deb", 10, DIGEST)


def test_a_full_disk_is_left_to_the_console(tmp_path):
    def full(_request, timeout):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError) as caught:
        download("http://127.0.0.1:9/x", tmp_path / "x", 10, DIGEST, opener=full)
    assert caught.value.errno == errno.ENOSPC
