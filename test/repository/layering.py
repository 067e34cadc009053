#!/usr/bin/env python3
"""Checks that includes point downward only.

Usage: layering.py ROOT
"""

import re
import sys

import cpp_text

ASIO_TYPES_OF_THE_PUBLIC_API = (
    'boost/asio/any_completion_handler.hpp', 'boost/asio/any_io_executor.hpp',
    'boost/asio/async_result.hpp', 'boost/asio/awaitable.hpp')
JSON = ('boost/json/', 'boost/json.hpp', 'boost/json_fwd.hpp')
NETWORK = ('boost/asio/', 'boost/beast/', 'openssl/')
VOCABULARY = ('boost/system/',)

# For each folder what its files may include: prefixes of names. The first entry that fits a file
# counts. Headers of the standard library may be included everywhere, those of the system (`unistd.h`)
# where the network is.
LAYERS = (
    ('include/nunu/', ('nunu/', *ASIO_TYPES_OF_THE_PUBLIC_API, 'boost/json/value.hpp',
                       'boost/json/object.hpp', *VOCABULARY)),
    ('lib/core/', ('core/', 'nunu/')),
    ('lib/wire/', ('wire/', 'core/', 'nunu/', 'boost/url/', 'boost/charconv', *JSON, *VOCABULARY)),
    ('lib/transport/', ('transport/', 'wire/', 'core/', 'nunu/', *NETWORK, *VOCABULARY)),
    ('lib/operations/', ('operations/', 'transport/', 'wire/', 'core/', 'nunu/', *JSON, *NETWORK,
                         *VOCABULARY)),
    ('lib/simulator/', ('simulator/', 'wire/', 'core/', 'nunu/', 'boost/url/', *JSON, *NETWORK,
                        *VOCABULARY)),
    ('lib/', ('operations/', 'transport/', 'wire/', 'core/', 'nunu/', *JSON, *NETWORK, *VOCABULARY)),
    ('apps/', ('nunu/', 'CLI/', 'fmt/', 'pugixml.hpp', 'boost/url/', *JSON, *NETWORK, *VOCABULARY)),
    # What the client is compared with has nothing of it.
    ('bench/peers/', ('bench/', 'CLI/', 'curl/', 'boost/url/', *JSON, *NETWORK, *VOCABULARY)),
    ('bench/', ('bench/', 'nunu/', 'core/', 'support/', 'CLI/', 'benchmark/', 'boost/asio/',
                *VOCABULARY)),
)
WITH_SYSTEM_HEADERS = ('lib/transport/', 'lib/operations/', 'lib/simulator/', 'apps/', 'bench/peers/',
                       'bench/')

# Names within what LAYERS allows that these folders must not include all the same.
EXCEPTIONS = (
    # The client knows nothing of the simulator.
    (('include/nunu/', 'lib/core/', 'lib/wire/', 'lib/transport/', 'lib/operations/'),
     r'nunu/simulator\.hpp'),
    (('lib/core/', 'lib/wire/', 'lib/transport/', 'lib/operations/'), r'nunu/simulator_fault\.hpp'),
    (('lib/core/', 'lib/wire/', 'lib/transport/', 'lib/simulator/'), r'nunu/(?:client|job_watch)\.hpp'),
    # What users may include, the executables and benchmarks make do with.
    (('apps/', 'bench/'), r'nunu/detail/.*'),
)


def is_local(folder, name, own_directory_files):
    """Whether an executable includes a file beside it."""
    return folder == 'apps/' and '/' not in name and name in own_directory_files


def violation(path, name, files):
    folder, allowed = next(layer for layer in LAYERS if path.startswith(layer[0]))
    if name.startswith('.') or '/../' in name:
        return 'by a relative path'
    beside = {f.rsplit('/', 1)[1] for f in files if f.rsplit('/', 1)[0] == path.rsplit('/', 1)[0]}
    if is_local(folder, name, beside):
        return None
    for folders, pattern in EXCEPTIONS:
        if folder in folders and re.fullmatch(pattern, name):
            return f'which {folder} must not'
    if cpp_text.is_standard(name) or name.startswith(allowed):
        return None
    if folder in WITH_SYSTEM_HEADERS and re.fullmatch(r'(?:sys|netinet|arpa)?/?[a-z_]+\.h', name):
        return None
    return f'which {folder} must not'


def violations(root):
    folders = ('include', 'lib', 'apps', 'bench')
    files = cpp_text.source_files(root, *folders)
    for folder in folders:
        if not any(path.startswith(folder + '/') for path in files):
            yield f'{folder}: no files'
    for path in files:
        for line, name in cpp_text.includes(cpp_text.read(root, path)):
            # Asio and Beast themselves are compiled there.
            if path.startswith('lib/boost_') and name.endswith('src.hpp'):
                continue
            reason = violation(path, name, files)
            if reason:
                yield f'{path}:{line}: includes {name}, {reason}'


if __name__ == '__main__':
    found = list(violations(sys.argv[1]))
    print('\n'.join(found) or 'includes point downward')
    sys.exit(bool(found))
