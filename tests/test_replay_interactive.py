"""ReplayWeb.page in Chromium over a collection: with scripts, and in its own origin."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.web.app import create_app
from archive.web.interactive import create_interactive_app
from archive.web.shelf import Shelf
from tests.support.browser import visiting
from tests.support.peers import replaywebpage
from tests.support.replayed import Answered, keep
from tests.support.webserver import Canary, serving

AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PAGE = """<!DOCTYPE html><title>t</title><p id="said">nothing yet</p><script>
const said = document.getElementById("said");
const frame = document.body.appendChild(document.createElement("iframe"));
const asked = {credentials: "include"};
const read = window => window.fetch("READER/articles", asked)
  .then(answer => answer.text()).then(text => text.includes("nameplate"))
  .catch(() => false);
new Image().src = "CANARY/image.png";
Promise.all([read(window), read(frame.contentWindow)]).then(both => {
  const cookie = document.cookie || "none";
  said.textContent = `script ran; cookie ${cookie}; read the application: ${both}`;
});
</script>"""


def test_scripts_run_in_an_origin_of_their_own(chromium, tmp_path):
    folder = replaywebpage()
    with Canary() as canary:
        root = tmp_path / "c"
        keep(root, [])
        with serving(create_app(Shelf.open(root))) as reader:
            text = PAGE.replace("READER", reader).replace("CANARY", canary.url)
            url = "http://news.example/story"
            (page,) = keep(root, [Answered(url=url, body=text.encode(), at=AT)])
            app = create_interactive_app(Shelf.open(root), folder)
            with serving(app) as address, visiting(chromium) as visit:
                visit.page.context.add_cookies(
                    [
                        {
                            "name": "dateline_session",
                            "value": "secret",
                            "url": reader,
                            "httpOnly": True,
                            "sameSite": "Lax",
                        }
                    ]
                )
                visit.page.goto(f"{address}/view/{page.record_id[10:-1]}")
                frame = visit.page.frame_locator("replay-web-page iframe")
                said = frame.frame_locator("iframe").locator("#said")
                said.filter(has_text="script ran").wait_for(timeout=40_000)
                visit.page.wait_for_timeout(500)
                assert said.inner_text() == (
                    "script ran; cookie none; read the application: false,false"
                )
                elsewhere = visit.asked_elsewhere(address)
                assert [u for u in elsewhere if not u.startswith(reader)] == []
        assert canary.asked == []
