#!/usr/bin/env python3
"""Checks that the C++ in the documentation is code that is compiled.

Each ```cpp block in README.md and docs has a line `<!-- snippet: test/docs/NAME.cpp -->` before it
and is found in that file as it is.

Usage: snippets.py ROOT
"""

import os
import re
import sys

BLOCK = re.compile(r'^```cpp[^\n]*\n(.*?)^```\s*$', re.MULTILINE | re.DOTALL)
MARK = re.compile(r'<!-- snippet: (test/docs/[\w.]+\.cpp) -->\n\Z')


def documents(root):
    yield 'README.md'
    for directory, _, files in os.walk(os.path.join(root, 'docs')):
        for name in sorted(files):
            if name.endswith('.md'):
                yield os.path.relpath(os.path.join(directory, name), root)


def read(root, path):
    try:
        with open(os.path.join(root, path), encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        return None


def violations(root):
    quoted_by_readme = False
    for document in documents(root):
        text = read(root, document)
        for block in BLOCK.finditer(text or ''):
            where = f'{document}:{text.count(chr(10), 0, block.start()) + 1}'
            mark = MARK.search(text, 0, block.start())
            if not mark:
                yield f'{where}: C++ without a line "<!-- snippet: test/docs/NAME.cpp -->" before it'
                continue
            program = read(root, mark.group(1))
            if program is None:
                yield f'{where}: there is no {mark.group(1)}'
            elif block.group(1) not in program:
                yield f'{where}: differs from {mark.group(1)}'
            quoted_by_readme |= document == 'README.md'
    if not quoted_by_readme:
        yield 'README.md: shows no program'


if __name__ == '__main__':
    found = list(violations(sys.argv[1]))
    print('\n'.join(found) or 'the C++ in the documentation is what is compiled')
    sys.exit(bool(found))
