# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_report.py BROWSER PAGE JSON [TEXT...]: the page of `hapax report` in a
headless browser. Its script must run to its end without an error or a blocked
request, and show the numbers of `hapax report --json` and the texts given."""
import json
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

browser, page, expected, *texts = sys.argv[1:]
data = json.loads(Path(expected).read_text())
totals = data["totals"]


class Page(HTMLParser):
    """What stands where, of the page as the browser has it in the end."""
    VOID = {"meta", "input", "link", "br", "img"}

    def __init__(self):
        super().__init__()
        self.open = []  # (tag, id)
        self.tags, self.text, self.rows, self.state = [], {}, 0, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        if tag == "html":
            self.state = attributes.get("data-state")
        if tag == "tr" and ("tbody", "rows") in self.open:
            self.rows += 1
        if tag not in self.VOID:
            self.open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        for tag, name in self.open:
            if name:
                self.text[name] = self.text.get(name, "") + text


def check(good, what):
    if not good:
        sys.exit(f"{page}: {what}")


with tempfile.TemporaryDirectory() as home:
    run = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}",
         "--enable-logging=stderr", "--window-size=1200,900", "--dump-dom",
         Path(page).resolve().as_uri()],
        capture_output=True, text=True, timeout=300)
check(run.returncode == 0, run.stderr)
said = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
check(not said, "\n".join(said))
seen = Page()
seen.feed(run.stdout)
check(seen.state == "ready", "the script did not run to its end")

asked = totals["hits"] + totals["misses"]
rate = f"{100 * totals['hits'] / asked:.1f} %" if asked else "–"
check(seen.text["rate"] == rate, f"hit rate {seen.text['rate']}, expected {rate}")
check(seen.text["files"] == str(totals["compiles"]), f"files {seen.text['files']}")
for outcome, counts in (("hit", "hits"), ("miss", "misses"), ("bypass", "bypasses")):
    label = f"{totals[counts]} {outcome if totals[counts] == 1 else counts}"
    check(label in seen.text["legend"], f"no '{label}' in '{seen.text['legend']}'")
check(seen.rows == min(len(data["compiles"]), 200), f"{seen.rows} rows")
check(seen.tags.count("rect") == 2 * len(data["compiles"]), "the timeline misses compiles")
for tag in ("img", "link", "iframe", "object"):
    check(tag not in seen.tags, f"there is a {tag}")
check(seen.tags.count("script") == 2, "a script that is not the page's")
for text in texts:
    check(text in seen.text["rows"], f"no '{text}' in the table")
