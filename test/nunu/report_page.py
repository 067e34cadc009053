"""Opens sample reports in HTML for a test, to use them as people do, in a headless Chromium.

A test's main program is `main`. Its arguments are WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF
UNITTEST]...; with an empty name for Chromium it says that there is none and ends with the status 77.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import chromium

SKIPPED = 77

writer = None
executable = None

# Of each ending that is shown, how many jobs ended so.
COUNTS = """Object.fromEntries([...document.querySelectorAll('#endings button')]
    .map(button => [button.dataset.ending, Number(button.querySelector('b').textContent
        .replace(',', ''))]))"""
TITLES = """[...document.querySelectorAll('.row')]
    .sort((a, b) => a.dataset.place - b.dataset.place)
    .map(row => row.querySelector('.name').textContent)"""
SHOWN = "document.getElementById('shown').textContent"
DETAILS = "document.getElementById('details').open ? " \
    "document.getElementById('details').innerText : null"

ENDINGS = ['failed', 'blocked', 'execution_failure', 'unknown', 'start_unknown', 'unreachable',
           'not_started', 'still_running', 'stopped', 'rejected', 'skipped', 'passed']
# The jobs of the sample `nightly`.
MANY = 10000


class ReportTest(unittest.TestCase):
    """With one browser for all its tests."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.browser = cls.enterClassContext(chromium.Browser(executable))
        cls.files = {}

    def written(self, sample):
        if sample not in self.files:
            path = pathlib.Path(self.directory.name, f'{sample}.html').resolve()
            subprocess.run([writer, sample, path], check=True, timeout=chromium.PATIENCE_S)
            self.files[sample] = path
        return self.files[sample]

    def open(self, sample, **screen):
        page = self.browser.open(self.written(sample), **screen)
        self.addCleanup(self.expect_silence, page)
        return page

    def expect_silence(self, page):
        """What holds for every page, whatever was done with it."""
        page.evaluate('0')
        self.assertEqual([], page.requests())
        self.assertEqual([], page.complaints())

    def choose_option(self, page, select, value):
        page.evaluate(f"""(() => {{
            const select = document.getElementById({select!r});
            select.value = {value!r};
            select.dispatchEvent(new Event('change', {{bubbles: true}}));
        }})()""")


def main():
    global writer, executable
    writer, executable = sys.argv[1:3]
    if not executable:
        print('There is no chromium-headless-shell here, so the page was not looked at.')
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
