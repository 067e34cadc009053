#!/usr/bin/env python3
"""Checks that the tests which docs/reliability.md names as proof are there.

In code marks, `Suite.Test` is a test of GoogleTest, where * stands for anything, and `test/…` a file or
folder. Each row of a table that has a column "proved by" names at least one of them in it.

Usage: proofs.py ROOT
"""

import fnmatch
import os
import re
import sys

import cpp_text

PAGE = 'docs/reliability.md'
TEST = re.compile(r'^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)', re.MULTILINE)
PROOF = re.compile(r'`(\*?[A-Z]\w*\*?\.(?:[A-Z]\w*\*?|\*)|test/[\w./-]+)`')
COLUMN = 'proved by'


def tests(root):
    for path in cpp_text.source_files(root, 'test'):
        text = cpp_text.without_comments_and_literals(cpp_text.read(root, path))
        for suite, name in TEST.findall(text):
            yield f'{suite}.{name}'


def cells(line):
    return [cell.strip() for cell in line.strip().strip('|').split('|')]


def violations(root):
    try:
        lines = cpp_text.read(root, PAGE).splitlines()
    except FileNotFoundError:
        yield f'{PAGE}: there is none'
        return
    known = set(tests(root))
    column = None
    proved = 0
    for number, line in enumerate(lines, 1):
        for proof in PROOF.findall(line):
            is_file = proof.startswith('test/')
            if not (os.path.exists(os.path.join(root, proof)) if is_file
                    else fnmatch.filter(known, proof)):
                yield f'{PAGE}:{number}: there is no {proof}'
        if not line.startswith('|'):
            column = None
        elif column is None:
            column = cells(line).index(COLUMN) if COLUMN in cells(line) else -1
        elif column >= 0 and not set(line) <= set('|-: '):
            proved += 1
            if len(cells(line)) <= column or not PROOF.search(cells(line)[column]):
                yield f'{PAGE}:{number}: names no proof'
    if not proved:
        yield f'{PAGE}: promises nothing'


if __name__ == '__main__':
    found = list(violations(sys.argv[1]))
    print('\n'.join(found) or 'what is promised names tests that are there')
    sys.exit(bool(found))
