#!/usr/bin/env python3
"""Checks that every C++ file is as clang-format would write it.

Usage: formatting.py ROOT CLANG_FORMAT
"""

import subprocess
import sys

import cpp_text


def violations(root, clang_format):
    files = cpp_text.source_files(root)
    if not files:
        return 'no files'
    result = subprocess.run([clang_format, '--dry-run', '-Werror', '--style=file', *files], cwd=root,
                            stderr=subprocess.PIPE, text=True)
    if result.returncode == 0:
        return ''
    places = [line for line in result.stderr.splitlines() if ': error: ' in line]
    return '\n'.join(places) or result.stderr or f'{clang_format} failed'


if __name__ == '__main__':
    found = violations(sys.argv[1], sys.argv[2])
    print(found or 'formatted')
    sys.exit(bool(found))
