"""What a terminal shows, of what was written there: as much of one as nunu uses."""

import re
import unicodedata

PART = re.compile(r'\x1b\[([?\d;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)')
FRAME = re.compile(r'\x1b\[\?2026h(.*?)\x1b\[\?2026l', re.DOTALL)
# What comes with a frame and is not an ordinary line above those that are written over.
BAR = re.compile(r'[━─=-]{8,} \d+/\d+')


def columns_of(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1
               for c in text)


def without_escapes(text):
    return re.sub(r'\x1b\[[?\d;]*[A-Za-z]', '', text)


def frames(text):
    return [without_escapes(frame.replace('\r', '')) for frame in FRAME.findall(text)]


class Screen:
    """Endless downwards; lines break at its width."""

    def __init__(self, columns, text):
        self.columns = columns
        self.lines = ['']
        self.row = self.column = 0
        self.cursor_hidden = False
        at = 0
        while at < len(text):
            part = PART.match(text, at)
            assert part, f'unknown to this terminal: {text[at:at + 20]!r}'
            at = part.end()
            self._show(*part.groups())

    def _show(self, number, command, move, plain):
        if plain is not None:
            for character in plain:
                self._put(character)
        elif move == '\r':
            self.column = 0
        elif move == '\n':
            self._down()
        elif command == 'A':
            self.row = max(0, self.row - int(number or 1))
        elif command == 'K':
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif command == 'J':
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
        elif (number, command) in (('?25', 'l'), ('?25', 'h')):
            self.cursor_hidden = command == 'l'
        else:
            assert command == 'm' or number == '?2026', (number, command)

    def _put(self, character):
        if self.column + columns_of(character) > self.columns:
            self.column = 0
            self._down()
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
        self.column += columns_of(character)

    def _down(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append('')
