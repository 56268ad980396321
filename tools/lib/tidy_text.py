"""The rules that hold for every text file, and those for tests in other languages."""

import re

COLUMNS_MAX = 100
LONG_LINES = (".cpp", ".h", ".py", ".sh")
CODE = (".cpp", ".h", ".py", ".sh", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".css", ".sql",
        ".cmake", ".yaml", ".yml")
SLASH_COMMENTS = (".cpp", ".h", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx")

# Written in two halves, so that this file does not break its own rule.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "npmjs" + ".com",
         "crates" + ".io", "proxy.golang" + ".org", "repo1.maven" + ".org",
         "repo.maven.apache" + ".org", "deb.debian" + ".org", "security.debian" + ".org"]
HOST = re.compile("|".join(re.escape(host) for host in HOSTS))
MACHINE_PATH = re.compile(r"(?<![\w./$}~-])/(?:work/(?:main|build|shared|scratch)|"
                          r"root/|home/(?!you\b|user\b)\w)")
TODO = re.compile(r"\b(?:TODO|FIXME|HACK)\b(?!\([a-z][\w -]* #\d+\))")

# Code that was commented out. A sentence may end in a semicolon or name a call, so each pattern
# asks for a whole statement. An example in a comment is indented by three spaces or more.
STATEMENT = re.compile(
    r"^(?:"
    r"(?:return|throw|co_return|co_await|delete|using|typedef|goto)\b.*;|"
    r"(?:if|for|while|switch) ?\(.*\).*[{;]|"
    r"(?:\} )?else(?: if \(.*\))? ?\{|"
    r"#\s*(?:include|define|if|ifdef|ifndef|endif|pragma)\b.*|"
    r"(?:const |auto |static |let |var |std::)\S.*[;{]|"
    r"(?:[\w:<>,&*]+ )?[\w:.>\[\]-]+ [-+*/|&]?= [^=].*;|"
    r"[\w:.>\[\]-]+\([^()]*(?:\([^()]*\)[^()]*)*\);|"
    r"(?:import|export) .* from .*;"
    r")$")
PYTHON_STATEMENT = re.compile(
    r"^(?:(?:from [\w.]+ )?import [\w., ]+|def \w+\(.*\):|return [\w.\[\]()\"']+|"
    r"(?:if|for|while|elif|with) [^.]+:|(?:print|self\.\w+|\w+\.\w+)\([^()]*\)|"
    r"[a-z_][\w.\[\]]* = [\w.\"'\[({].*[\w\"'\])}])$")

TEST_PYTHON = re.compile(r"(^|/)(test_\w+|\w+_test|conftest)\.py$|^(server/tests|tests)/.*\.py$")
TEST_SCRIPT = re.compile(r"\.(test|spec)\.(ts|tsx|js|mjs|cjs)$|^tests/.*\.(ts|js|mjs|cjs)$|"
                         r"_test\.(mjs|js)$")
TEST_SHELL = re.compile(r"^(server/tests|tests)/.*\.sh$")
PYTHON_SLEEP = re.compile(r"\b(time|asyncio|trio|gevent)\.sleep\s*\(\s*(?!0\s*\))|"
                          r"from time import .*\bsleep\b")
SCRIPT_SLEEP = re.compile(r"\bsetTimeout\s*\(|\bwaitForTimeout\s*\(|timers/promises")
SHELL_SLEEP = re.compile(r"(^|[;&|(]|\bdo|\bthen)\s*sleep\s+[\d$]")


def check(path, text):
    """Yields (line number, rule name, message) for one file; `path` from the repository's root."""
    suffix = path[path.rfind("."):] if "." in path.rsplit("/", 1)[-1] else shebang_suffix(text)
    sleeping = sleep_pattern(path)
    for number, line in enumerate(text.split("\n"), 1):
        if suffix in LONG_LINES and len(line) > COLUMNS_MAX:
            yield number, "line-length", f"{len(line)} columns, {COLUMNS_MAX} are the limit"
        if HOST.search(line):
            yield number, "host-name", ("names a package registry's host; npm leaves it out of "
                                        "lock files with omit-lockfile-registry-resolved")
        if MACHINE_PATH.search(line):
            yield number, "machine-path", "names a path of one machine"
        if suffix in CODE and TODO.search(line):
            yield number, "todo", "unfinished work needs an open issue: TODO(topic #12): …"
        if suffix in CODE and is_commented_code(line, suffix):
            yield number, "commented-code", "code that was commented out: git remembers it"
        if sleeping and sleeping.search(line):
            yield number, "sleep", "a test does not sleep: wait for the event"


def shebang_suffix(text):
    first = text.split("\n", 1)[0]
    if not first.startswith("#!"):
        return ""
    return ".py" if "python" in first else ".sh"


def sleep_pattern(path):
    if TEST_PYTHON.search(path):
        return PYTHON_SLEEP
    if TEST_SCRIPT.search(path):
        return SCRIPT_SLEEP
    if TEST_SHELL.search(path):
        return SHELL_SLEEP
    return None


def is_commented_code(line, suffix):
    if suffix in SLASH_COMMENTS:
        found = re.match(r"\s*// {0,2}(\S.*?)\s*$", line)
        return bool(found and STATEMENT.match(found[1]))
    if suffix == ".py":
        found = re.match(r"\s*# ?(\S.*?)\s*$", line)
        return bool(found and PYTHON_STATEMENT.match(found[1]))
    return False
