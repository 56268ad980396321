"""Pages must not name files, targets or tools that do not exist."""

import fnmatch
import posixpath
import re

PAGE = re.compile(r"^(README|ARCHITECTURE|CONTRIBUTING|SECURITY|CHANGELOG|THIRD_PARTY)\.md$|"
                  r"^docs/.*\.md$|^[\w/-]*README\.md$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"^\.?[\w@.*{},-]+(?:/[\w@.*{},-]+)+/?$")
MAKE = re.compile(r"\bmake ([a-z]+)\b")
TOOL = re.compile(r"(?<![\w/.-])(?:\./)?(tools/[\w-]+)")
NOT_OURS = ("build/", "node_modules/", "dist/")


def braces(text):
    """`a/{b,c}.h` → `a/b.h`, `a/c.h`."""
    found = re.search(r"\{([^{}]*)\}", text)
    if not found:
        return [text]
    return [result for part in found[1].split(",")
            for result in braces(text[:found.start()] + part + text[found.end():])]


class Tree:
    """What there is: files, their folders, and the targets of the Makefile."""

    def __init__(self, files, makefile):
        self.names = set(files)
        for name in files:
            while "/" in name:
                name = name.rsplit("/", 1)[0]
                self.names.add(name)
        self.top = {name for name in self.names if "/" not in name}
        self.layers = {name.split("/")[2] for name in self.names
                       if name.startswith("server/src/") and name.count("/") == 2
                       and "." not in name}
        self.targets = set(re.findall(r"^([a-z][\w-]*):(?!=)", makefile, re.M))

    def has(self, path):
        path = posixpath.normpath(path)
        if path in (".", "..") or path.startswith("../"):
            return path == "."
        if "*" in path:
            return any(fnmatch.fnmatch(name, path) for name in self.names)
        return path in self.names

    def names_one_of_ours(self, path):
        first = path.split("/")[0]
        return first in self.top or first in self.layers

    def resolves(self, page, path):
        """A code span may be written from the root, from server/src or from the page's folder."""
        beside = posixpath.join(posixpath.dirname(page), path)
        starts = (path, f"server/src/{path}", f"server/{path}", beside)
        return any(self.has(start) or self.has(f"{start.rstrip('/')}.h") for start in starts)


def check(page, text, tree):
    """Yields (line number, rule name, message)."""
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        if fenced:
            yield from ((number, *problem) for problem in commands(line, tree))
            continue
        for link in LINK.finditer(line):
            yield from ((number, *problem) for problem in links(page, link[1] or link[2], tree))
        for span in SPAN.finditer(line):
            yield from ((number, *problem) for problem in spans(page, span[1], tree))


def links(page, target, tree):
    target = target.split("#")[0].split("?")[0].strip("<>")
    if not target or re.match(r"^[a-z][a-z0-9+.-]*:", target) or target.startswith("//"):
        return
    if not tree.has(posixpath.join(posixpath.dirname(page), target)):
        yield "links", f"links to {target}, which does not exist"


def spans(page, text, tree):
    yield from commands(text, tree)
    word = text.split()[0] if text.split() else ""
    word = re.sub(r":\d+$", "", word).removeprefix("./")
    if not PATH.match(word) or word.startswith(NOT_OURS) or word.startswith("tools/"):
        return
    for path in braces(word):
        if tree.names_one_of_ours(path) and not tree.resolves(page, path):
            yield "paths", f"names {path}, which does not exist"


def commands(line, tree):
    command = line.strip().removeprefix("$ ")
    if command.startswith("make "):
        target = MAKE.match(command)
        if target and target[1] not in tree.targets:
            yield "paths", f"names `make {target[1]}`, which the Makefile does not have"
    for tool in TOOL.finditer(line):
        if not tree.has(tool[1]) and not any(tree.has(tool[1] + end) for end in (".py", ".sh")):
            yield "paths", f"names {tool[1]}, which does not exist"
