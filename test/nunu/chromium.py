"""Opens pages in a headless Chromium, and looks at them and uses them as people do.

It speaks the DevTools protocol through a pair of pipes: messages in JSON, each ended by a NUL.
"""

import fcntl
import json
import os
import select
import subprocess
import time

# More than anything takes that comes to an end.
PATIENCE_S = 60

# What Chromium calls some keys, with the number that Windows gives them.
KEYS = {'Enter': 13, 'Escape': 27, ' ': 32, 'PageUp': 33, 'PageDown': 34, 'End': 35, 'Home': 36,
        'ArrowUp': 38, 'ArrowDown': 40, 'Tab': 9}


class Browser:
    """For a `with`."""

    def __init__(self, executable):
        self.executable = executable
        self.messages = 0
        self.received = b''

    def __enter__(self):
        for_browser, self.to_browser = os.pipe()
        self.from_browser, of_browser = os.pipe()

        def place_pipes():
            # Chromium reads from 3 and writes to 4; neither is overwritten before it is copied.
            source = fcntl.fcntl(for_browser, fcntl.F_DUPFD, 10)
            sink = fcntl.fcntl(of_browser, fcntl.F_DUPFD, 10)
            os.dup2(source, 3)
            os.dup2(sink, 4)

        # The sandbox is missing in many containers, and the pages are the project's own.
        self.process = subprocess.Popen(
            [self.executable, '--remote-debugging-pipe', '--no-sandbox', '--disable-gpu',
             '--disable-dev-shm-usage', '--hide-scrollbars', 'about:blank'],
            preexec_fn=place_pipes, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(for_browser)
        os.close(of_browser)
        return self

    def __exit__(self, *failure):
        os.close(self.to_browser)
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        os.close(self.from_browser)

    def send(self, method, session=None, **parameters):
        self.messages += 1
        message = {'id': self.messages, 'method': method, 'params': parameters}
        if session is not None:
            message['sessionId'] = session
        written = memoryview(json.dumps(message).encode() + b'\0')
        while written:
            written = written[os.write(self.to_browser, written):]
        return self.messages

    def receive(self, deadline):
        while b'\0' not in self.received:
            left = max(0, deadline - time.monotonic())
            if not select.select([self.from_browser], [], [], left)[0]:
                raise TimeoutError('the browser says nothing')
            part = os.read(self.from_browser, 1 << 20)
            if not part:
                raise ConnectionError('the browser has ended')
            self.received += part
        message, self.received = self.received.split(b'\0', 1)
        return json.loads(message)

    def open(self, path, **screen):
        return Page(self, path, **screen)


class Page:
    """A file, loaded. What it asks of the network and complains about is kept."""

    def __init__(self, browser, path, width=1280, height=800, dark=False):
        self.browser = browser
        self.events = []
        self.session = None
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        attached = self.call('Target.attachToTarget', targetId=target, flatten=True)
        self.session = attached['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])
        self.url = f'file://{path}'
        begin = time.monotonic()
        self.call('Page.navigate', url=self.url)
        self.wait_for_event('Page.loadEventFired')
        # Drawn, not only loaded.
        self.evaluate('new Promise(done => requestAnimationFrame(() => setTimeout(done)))')
        self.seconds_to_load = time.monotonic() - begin

    def call(self, method, **parameters):
        number = self.browser.send(method, self.session, **parameters)
        deadline = time.monotonic() + PATIENCE_S
        while (message := self.browser.receive(deadline)).get('id') != number:
            self.keep(message)
        if 'error' in message:
            raise RuntimeError(f'{method}: {message["error"]}')
        return message['result']

    def keep(self, message):
        if message.get('sessionId') == self.session:
            self.events.append(message)

    def wait_for_event(self, method):
        deadline = time.monotonic() + PATIENCE_S
        while all(event['method'] != method for event in self.events):
            self.keep(self.browser.receive(deadline))

    def evaluate(self, expression):
        answer = self.call('Runtime.evaluate', expression=expression, returnByValue=True,
                           awaitPromise=True)
        if 'exceptionDetails' in answer:
            raise RuntimeError(f'{expression}: {answer["exceptionDetails"]}')
        return answer['result'].get('value')

    def click(self, selector):
        x, y = self.evaluate(f"""(() => {{
            const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', type=kind, x=x, y=y, button='left', clickCount=1)

    def press(self, *keys):
        for key in keys:
            event = {'key': key, 'code': key, 'windowsVirtualKeyCode': KEYS.get(key, 0)}
            # Letters and signs, and what buttons take for a click, come with their text.
            text = '\r' if key == 'Enter' else key if len(key) == 1 else None
            if text is not None:
                event['text'] = text
            self.call('Input.dispatchKeyEvent', type='keyDown', **event)
            self.call('Input.dispatchKeyEvent', type='keyUp', key=key, code=key)

    def write(self, text):
        self.call('Input.insertText', text=text)

    def requests(self):
        """To the network: all but for the file itself and for what is in it."""
        urls = [event['params']['request']['url'] for event in self.events
                if event['method'] == 'Network.requestWillBeSent']
        return [url for url in urls if url != self.url and not url.startswith('data:')]

    def complaints(self):
        return [event['params'] for event in self.events if event['method'] in (
            'Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded')]
