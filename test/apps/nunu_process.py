"""Runs the command nunu for a test, in a pipe or on a pseudo-terminal."""

import contextlib
import errno
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time

import simulator_process
from simulator_process import PATIENCE_S

# Nothing that takes this long ends while a test looks.
LONG_MS = '600000'
AT_ONCE = ('--queue-ms', '0', '--run-ms', '0')
FOR_LONG = ('--queue-ms', '0', '--run-ms', LONG_MS)

RUN = ('run', '--test', 'any-test', '--deployment', 'any-deployment-config')


class Nunu:
    """The executable, for one simulator, in an empty folder of its own."""

    def __init__(self, executable, simulator, folder):
        self.executable = executable
        self.simulator = simulator
        self.folder = folder

    def environment(self, **settings):
        own = {name: value for name, value in os.environ.items()
               if not name.startswith(('NUNU_', 'GITHUB_', 'LC_', 'LANG', 'NO_COLOR', 'TERM'))}
        own |= {'HOME': self.folder, 'NUNU_API_TOKEN': simulator_process.API_KEY,
                'NUNU_API_URL': self.simulator.base_url, 'LANG': 'C.UTF-8'}
        own |= settings
        return {name: value for name, value in own.items() if value is not None}

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        return self.path(name)

    def launch_file(self, count, **fields):
        runs = [{'key': f'run-{i}', 'multiplayer_test_id': f'test-{i}'} | fields
                for i in range(1, count + 1)]
        defaults = {'deployment_config_id': 'any-deployment-config'}
        return self.write('launch.json', json.dumps({'defaults': defaults, 'runs': runs}))

    def run(self, *arguments, stdin='', **settings):
        """Of a command that ends by itself."""
        return subprocess.run([self.executable, *arguments], env=self.environment(**settings),
                              cwd=self.folder, input=stdin, capture_output=True, text=True,
                              timeout=PATIENCE_S)

    @contextlib.contextmanager
    def start(self, *arguments, reads=('stdout', 'stderr'), ignored=(), **settings):
        """A `Piped` for the time of a `with` block, killed at its end if need be.

        A pipe that is not read takes one page. The signals are ignored when it begins.
        """
        def ignore():
            for number in ignored:
                signal.signal(number, signal.SIG_IGN)

        process = subprocess.Popen([self.executable, *arguments], env=self.environment(**settings),
                                   cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   pipesize=4096, preexec_fn=ignore)
        with process:
            try:
                yield Piped(process, reads)
            finally:
                process.kill()

    @contextlib.contextmanager
    def on_terminal(self, *arguments, columns=80, **settings):
        """A `Terminal` for the time of a `with` block: all three of its streams are there."""
        settings = {'TERM': 'xterm-256color'} | settings
        own_end, program_end = pty.openpty()
        set_columns(own_end, columns)
        try:
            # A session of its own, so that what is typed becomes its signals.
            process = subprocess.Popen(
                [self.executable, *arguments], env=self.environment(**settings), cwd=self.folder,
                stdin=program_end, stdout=program_end, stderr=program_end, start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        finally:
            os.close(program_end)
        with process:
            try:
                yield Terminal(process, own_end)
            finally:
                process.kill()
                os.close(own_end)


class Piped:
    """A command that runs, and what it has written so far."""

    def __init__(self, process, reads):
        self.process = process
        self.written = {'stdout': '', 'stderr': ''}
        self._changed = threading.Condition()
        self._readers = []
        for name in reads:
            self.read(name)

    def read(self, name):
        """From now on."""
        self._readers.append(threading.Thread(target=self._read, args=(name,), daemon=True))
        self._readers[-1].start()

    def _read(self, name):
        for line in getattr(self.process, name):
            with self._changed:
                self.written[name] += line
                self._changed.notify_all()

    @property
    def stdout(self):
        return self.written['stdout']

    @property
    def stderr(self):
        return self.written['stderr']

    def wait_for(self, text, stream='stderr', count=1):
        with self._changed:
            if not self._changed.wait_for(lambda: self.written[stream].count(text) >= count,
                                          PATIENCE_S):
                raise AssertionError(f'{text!r} was not written, but:\n{self.written}')

    def send(self, number):
        self.process.send_signal(number)

    def end(self):
        """Its status, when it has ended and all was read."""
        status = self.process.wait(PATIENCE_S)
        for reader in self._readers:
            reader.join(PATIENCE_S)
        return status

    def kill(self):
        self.send(signal.SIGKILL)
        return self.end()


class Terminal:
    """A command on a pseudo-terminal, and all that it has written there."""

    def __init__(self, process, own_end):
        self.process = process
        self.text = ''
        self._own_end = own_end
        self._undecoded = b''

    def type(self, keys):
        os.write(self._own_end, keys)

    def resize(self, columns):
        set_columns(self._own_end, columns)

    def _read_some(self, deadline):
        """False: nobody can write there any more."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._own_end], [], [], left)[0]:
            raise AssertionError(f'nothing more was written, after:\n{self.text!r}')
        try:
            self._undecoded += os.read(self._own_end, 65536)
        except OSError as failure:
            if failure.errno != errno.EIO:
                raise
            return False
        try:
            self.text += self._undecoded.decode()
            self._undecoded = b''
        except UnicodeDecodeError:
            pass  # The rest of a character is still to come.
        return True

    def wait_for(self, holds, what):
        deadline = time.monotonic() + PATIENCE_S
        while not holds(self.text):
            if not self._read_some(deadline):
                raise AssertionError(f'not before it ended: {what}, but:\n{self.text!r}')

    def wait_for_text(self, text):
        self.wait_for(lambda written: text in written, text)

    def end(self):
        deadline = time.monotonic() + PATIENCE_S
        while self._read_some(deadline):
            pass
        return self.process.wait(PATIENCE_S)


def set_columns(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))


@contextlib.contextmanager
def beside_simulator(executable, simulator_executable, *flags):
    """A `Nunu` and its `Simulator`, which has these flags, for the time of a `with` block."""
    with (tempfile.TemporaryDirectory() as folder,
          simulator_process.running(simulator_executable, '--http', *flags) as simulator):
        yield Nunu(executable, simulator, folder)


def events(text):
    return [json.loads(line) for line in text.splitlines()]
