#!/usr/bin/env python3
"""Checks that no public header makes its users compile Beast, OpenSSL or a JSON parser.

Usage: public_headers.py ROOT COMPILER
"""

import re
import subprocess
import sys

import cpp_text

HEAVY = re.compile(r'(?:^|/)(?:boost/beast/|openssl/|boost/asio/ssl|boost/json/(?:basic_)?parser)')


def violations(root, compiler):
    headers = cpp_text.source_files(root, 'include')
    if not headers:
        yield 'include: no headers'
    for header in headers:
        command = [compiler, '-std=c++20', '-w', '-Iinclude', '-M', '-x', 'c++', header]
        result = subprocess.run(command, cwd=root, capture_output=True, text=True)
        if result.returncode != 0:
            yield f'{header}: cannot be preprocessed:\n{result.stderr}'
            continue
        for dependency in result.stdout.replace('\\\n', ' ').split()[1:]:
            if HEAVY.search(dependency):
                yield f'{header}: includes {dependency} in the end'


if __name__ == '__main__':
    found = list(violations(sys.argv[1], sys.argv[2]))
    print('\n'.join(found) or 'public headers are light')
    sys.exit(bool(found))
