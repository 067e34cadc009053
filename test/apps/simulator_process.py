"""Runs nunu-simulator for the time of a test, and talks to it."""

import contextlib
import http.client
import json
import os
import subprocess
import tempfile
import time
import typing
import urllib.parse

# For each thing that a test waits for. What takes longer will never happen, even with sanitizers on
# a busy machine.
PATIENCE_S = 60

API_KEY = 'simulator-key'


class Answer(typing.NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: object


class Simulator:
    """A simulator that listens. Over https its methods need the TLS context to use."""

    def __init__(self, process, ready_file):
        self.process = process
        with open(ready_file, encoding='utf-8') as file:
            self.ready_text = file.read()
        self.base_url = self.ready_text.strip()
        self._url = urllib.parse.urlsplit(self.base_url)
        self.port = self._url.port

    def connect(self, tls=None):
        # Not by the name: a bare system may have no /etc/hosts.
        if self._url.scheme == 'https':
            return http.client.HTTPSConnection('127.0.0.1', self.port, timeout=PATIENCE_S, context=tls)
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE_S)

    def request(self, method, path, body=None, key=API_KEY, tls=None):
        """The answer to a request below the base URL."""
        return self._exchange(method, self._url.path + path, body, {'X-Api-Key': key}, tls)

    def start(self, key=API_KEY, **fields):
        """The answer to the start of a test, or of what the fields say."""
        body = {'deployment_config_id': 'any-deployment-config', **fields}
        if 'test_plan_id' not in body:
            body['multiplayer_test_id'] = 'any-test'
        return self.request('POST', '/runs', body, key)

    def jobs(self, **query):
        """The newest jobs, at most 100."""
        text = urllib.parse.urlencode({'page_size': 100, **query})
        return self.request('GET', f'/jobs?{text}').body['data']

    def stats(self, tls=None):
        return self._exchange('GET', '/simulator/stats', None, {}, tls).body

    def _exchange(self, method, path, body, headers, tls):
        with contextlib.closing(self.connect(tls)) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, json.load(response))


def wait_until(holds, what):
    """Looks again and again, for what nobody announces."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {PATIENCE_S} s: {what}')
        time.sleep(0.01)


@contextlib.contextmanager
def running(executable, *flags):
    """A `Simulator` for the time of a `with` block, on a free port unless the flags name one."""
    with tempfile.TemporaryDirectory() as folder:
        ready_file = os.path.join(folder, 'ready')
        command = [executable, *flags, '--ready-file', ready_file]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                wait_until(lambda: os.path.exists(ready_file) or process.poll() is not None,
                           f'{command} is ready')
                if process.poll() is not None:
                    raise AssertionError(f'{command} ended with status {process.returncode}')
                yield Simulator(process, ready_file)
                # A sanitizer tells by the status that it found something.
                process.terminate()
                if process.wait(PATIENCE_S) != 0:
                    raise AssertionError(f'{command} ended with status {process.returncode}')
            finally:
                process.kill()
