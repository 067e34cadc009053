#!/usr/bin/env python3
"""Checks that each row of the table of faults has a test: its suite is called Fault01 to Fault40,
or that with something more, such as Fault18Version.

A suite of TEST_P counts only where it is instantiated: else none of its tests is run.

Usage: fault_rows.py ROOT
"""

import re
import sys

import cpp_text

ROWS = 40
TEST = re.compile(r'^TEST(?:_F)?\(\s*Fault(\d\d)(?!\d)\w*,', re.MULTILINE)
TEST_P = re.compile(r'^TEST_P\(\s*(Fault(\d\d)(?!\d)\w*),', re.MULTILINE)
INSTANTIATED = re.compile(r'^INSTANTIATE_TEST_SUITE_P\(\s*\w+,\s*(\w+),', re.MULTILINE)


def tested_rows(root):
    for path in cpp_text.source_files(root, 'test'):
        text = cpp_text.without_comments_and_literals(cpp_text.read(root, path))
        yield from map(int, TEST.findall(text))
        run = set(INSTANTIATED.findall(text))
        yield from (int(row) for suite, row in TEST_P.findall(text) if suite in run)


def violations(root):
    tested = set(tested_rows(root))
    for row in range(1, ROWS + 1):
        if row not in tested:
            yield f'row {row} has no test: there is no suite Fault{row:02}'
    for row in sorted(tested - set(range(1, ROWS + 1))):
        yield f'there is no row {row}'


if __name__ == '__main__':
    found = list(violations(sys.argv[1]))
    print('\n'.join(found) or 'each row of the table of faults has a test')
    sys.exit(bool(found))
