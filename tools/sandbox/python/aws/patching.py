"""Applies ../moto.patch to moto's modules when Python imports them. The files of the installed moto do not change."""

import re
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

HUNK = re.compile(r"@@ -(\d+)[, ]")


def read_patch(text):
    """Returns the hunks of each module. A hunk is the number of its first line, and a list of its lines with their signs (`+`, `-` or a
    space)."""
    modules, hunks = {}, []
    for line in text.splitlines():
        if line.startswith("+++ b/"):
            name = line.removeprefix("+++ b/").removesuffix(".py").replace("/", ".")
            hunks = modules[name] = []
        elif start := HUNK.match(line):
            hunks.append((int(start[1]), []))
        elif hunks and not line.startswith("--- a/"):
            hunks[-1][1].append(line)
    return modules


def patched(source, hunks, name):
    """Returns the source with its hunks applied. Raises ImportError if a hunk does not fit exactly at its line. The patch
    fits only the pinned version of moto."""
    lines, result, done = source.splitlines(), [], 0
    for start, changes in hunks:
        old = [line[1:] for line in changes if not line.startswith("+")]
        first = start - 1
        end = first + len(old)
        if lines[first:end] != old:
            raise ImportError(f"moto.patch does not fit line {start} of {name}: expected the pinned version of moto")
        result += lines[done:first] + [line[1:] for line in changes if not line.startswith("-")]
        done = end
    return "\n".join([*result, *lines[done:], ""])


class PatchingLoader(SourceFileLoader):
    def get_code(self, fullname):
        """Compiles the patched source. Ignores Python's cached bytecode of the unpatched file."""
        return self.source_to_code(patched(self.get_source(fullname), MODULES[fullname], fullname), self.path)


class PatchingFinder(MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        if fullname not in MODULES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        spec.loader = PatchingLoader(fullname, spec.origin)
        return spec


MODULES = read_patch((Path(__file__).parent.parent / "moto.patch").read_text())


def install():
    too_late = sorted(MODULES.keys() & sys.modules.keys())
    if too_late:
        raise ImportError(f"moto.patch must be installed before {', '.join(too_late)} is imported")
    sys.meta_path.insert(0, PatchingFinder())
