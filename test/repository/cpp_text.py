"""What the checks need to know of C++ source text."""

import os
import re

_COMMENT_OR_LITERAL = re.compile(
    r'''//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' ''',
    re.DOTALL | re.VERBOSE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)


def without_comments_and_literals(text):
    """Line numbers stay as they are."""
    def blank(match):
        return '\n' * match.group().count('\n') or ' '
    # A digit separator is no character literal.
    return _COMMENT_OR_LITERAL.sub(blank, re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", '', text))


def includes(text):
    """Pairs of line number and included name."""
    for match in _INCLUDE.finditer(text):
        yield text.count('\n', 0, match.start(1)) + 1, match.group(1)


def is_standard(name):
    """Whether an include is one of the C++ standard library's, such as `vector`."""
    return re.fullmatch(r'[a-z_]+', name) is not None


def source_files(root, *folders):
    """Paths below the root, with slashes, of all C++ files in these folders; in all when none is named.

    Build trees and hidden folders do not count.
    """
    found = []
    for folder in folders or ('.',):
        for directory, subdirectories, files in os.walk(os.path.join(root, folder)):
            if 'CMakeCache.txt' in files:
                subdirectories.clear()
                continue
            subdirectories[:] = [d for d in subdirectories if not d.startswith('.') and d != 'build']
            found += [os.path.relpath(os.path.join(directory, name), root)
                      for name in files if name.endswith(('.cpp', '.hpp'))]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        return file.read()
