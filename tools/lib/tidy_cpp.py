"""The rules of ARCHITECTURE.md and STYLE.md for C++ files, as text checks.

Every rule yields (line number, rule name, message). Comments and literals are blanked first, with
every line break kept, so that a word in a sentence is not taken for code.
"""

import re

MAY_INCLUDE = {
    "core": "",
    "wire": "core",
    "dsp": "core",
    "crypto": "json core",
    "json": "core",
    "process": "core",
    "sip": "wire crypto core",
    "net": "wire crypto core",
    "domain": "core",
    "ports": "domain core",
    "engine": "ports domain dsp core",
    "service": "ports domain crypto json core",
    "api": "service domain ports net json core",
    "providers": "ports domain net process wire dsp crypto json core",
    "transports": "ports domain sip net wire dsp crypto json core",
    "store": "ports domain crypto json core",
    "app": "core wire dsp crypto json process sip net domain ports engine service api providers "
           "transports store",
    "testing": "core wire dsp domain ports engine service",
}
SIBLINGS_NEVER_MEET = {"providers", "transports", "store", "api"}
MAY_THROW = {"providers", "transports", "store", "net", "json", "process", "app"}
# Their tests meet real sockets, databases and models, which only the real clock drives.
REAL_TIME_TESTS = {"net", "process", "providers", "transports", "store", "app", "api"}
TESTS_OF_THE_CLOCK = {"core/clock_test.cpp", "core/system_clock_test.cpp"}
MAY_INCLUDE_TESTING = re.compile(r"(_test|_fuzz|_bench)\.(cpp|h)$")

LINES_MAX = {".cpp": 400, ".h": 200}
FUNCTION_LINES_MAX = 60
COLUMNS_MAX = 100

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
# Outside headers that have one home: (header, layers, only in .cpp files, what it is)
LIBRARY_HOMES = [
    (re.compile(r"boost/beast(/|\.hpp)"), {"net"}, True, "Boost.Beast"),
    (re.compile(r"boost/asio/ssl(/|\.hpp)"), {"net", "crypto"}, True, "TLS of Asio"),
    (re.compile(r"openssl/"), {"net", "crypto"}, True, "OpenSSL"),
    (re.compile(r"curl/"), {"net", "crypto"}, True, "libcurl"),
    (re.compile(r"srtp2?/"), {"net", "crypto"}, True, "libsrtp"),
    (re.compile(r"(postgresql/)?libpq"), {"store"}, False, "libpq"),
    (re.compile(r"hiredis/"), {"store"}, False, "hiredis"),
    (re.compile(r"onnxruntime|sherpa-onnx/|hnswlib/|flite/|cmark"), {"providers"}, False,
     "a speech, retrieval or document library"),
]
# The one implementation file of a header-only library, which defines its compiled half.
IMPLEMENTATION_FILES = {"net/beast_implementation.cpp", "core/asio_implementation.cpp"}
AWAITABLE_OPERATORS = "boost/asio/experimental/awaitable_operators.hpp"

SLEEP = re.compile(r"\bthis_thread::(?!get_id)|\bu?sleep\s*\(\s*\d"
                   r"|\b(usleep|nanosleep|clock_nanosleep)\s*\(|"
                   r"(?<![\w>])::sleep\s*\(")
CLOCK = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\s*::\s*now\b|"
                   r"\b(gettimeofday|clock_gettime|timespec_get)\s*\(|\bstd\s*::\s*time\s*\(|"
                   r"(?<![\w.>])time\s*\(\s*(nullptr|NULL|0)\s*\)")
ENTROPY = re.compile(r"\brandom_device\b|\b(getrandom|getentropy|arc4random\w*)\s*\(|"
                     r"(?<![\w.>:])s?rand\s*\(|\bstd\s*::\s*s?rand\s*\(|/dev/u?random")
REAL_TIME = re.compile(r"\bSystemClock\b|\bexpires_(after|from_now|at)\s*\(")
EXCEPTION = re.compile(r"\b(throw|catch)\b")
BANNED = [  # rule, pattern, the file where it is at home, message
    ("sleep", SLEEP, None, "nothing sleeps: wait on the Clock, or for the event"),
    ("clock", CLOCK, "core/system_clock.cpp", "only core/system_clock.cpp reads the real clock"),
    ("entropy", ENTROPY, "core/random.cpp", "only core/random.cpp reads entropy"),
]

LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|'
    r'(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|'
    r'"(?:\\.|[^"\\\n])*"|'
    r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.S)


def blanked(text, keep_strings=False):
    """The text without comments (and literals), line for line as long as before."""
    def blank(match):
        found = match[0]
        is_comment = found.startswith(("//", "/*"))
        if keep_strings and not is_comment:
            return found
        return ("" if is_comment else '""') + "\n" * found.count("\n")
    return LITERAL.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check(name, text):
    """`name` is relative to server/src, or to server for what lies in server/tests."""
    in_tests = name.startswith("tests/")
    yield from check_sizes(name, text)
    code = blanked(text)
    yield from check_functions(code)
    yield from check_banned(name, code, blanked(text, keep_strings=True), in_tests)
    if not in_tests:
        yield from check_includes(name, blanked(text, keep_strings=True))


def check_sizes(name, text):
    lines = text.split("\n")
    count = len(lines) - (lines[-1] == "")
    limit = LINES_MAX[name[name.rindex("."):]]
    if count > limit:
        yield limit + 1, "file-size", f"{count} lines, {limit} are the limit"


def check_banned(name, code, code_with_strings, in_tests):
    layer = name.split("/")[0]
    for rule, pattern, home, message in BANNED:
        if name != home:
            # /dev/urandom stands in a string.
            searched = code_with_strings if rule == "entropy" else code
            for match in pattern.finditer(searched):
                yield line_of(searched, match.start()), rule, message
    is_test = MAY_INCLUDE_TESTING.search(name) is not None
    if name.endswith("_test.cpp") and not in_tests and layer not in REAL_TIME_TESTS:
        if name not in TESTS_OF_THE_CLOCK:
            for match in REAL_TIME.finditer(code):
                yield (line_of(code, match.start()), "clock",
                       "a test of this layer runs on a ManualClock")
    if not in_tests and not is_test and layer not in MAY_THROW | {"testing"}:
        for match in EXCEPTION.finditer(code):
            yield (line_of(code, match.start()), "exceptions",
                   f"`{match[0]}` is for adapters only: return a Result")


def check_includes(name, code):
    layer, *rest = name.split("/")
    for match in INCLUDE.finditer(code):
        line, header = line_of(code, match.start()), match[2]
        if match[1] == '"':
            for rule, message in problems_of_own(name, layer, rest, header):
                yield line, rule, message
        yield from ((line, rule, message)
                    for rule, message in problems_of_foreign(name, layer, header))


def problems_of_own(name, layer, rest, header):
    target, _, below = header.partition("/")
    if target not in MAY_INCLUDE or not below:
        yield "include-form", f'"{header}": write it from server/src, outside headers with <>'
        return
    of_tests = target == "testing" or MAY_INCLUDE_TESTING.search(header)
    if of_tests and layer != "testing" and not MAY_INCLUDE_TESTING.search(name):
        yield "testing", "testing/ and *_test.h are for *_test, *_fuzz and *_bench files only"
        return
    if target == "testing":
        return
    if target != layer:
        if target not in MAY_INCLUDE.get(layer, "").split():
            yield "layers", f"{layer} may not include {target}"
        return
    if layer in SIBLINGS_NEVER_MEET and "/" in below:
        folder = below.split("/")[0]
        if len(rest) > 1 and folder != rest[0]:
            yield "siblings", f"{layer}/{rest[0]} may not include its sibling {layer}/{folder}"
        if len(rest) == 1 and name.endswith(".h"):
            yield "siblings", f"{name} is shared, so it may not include {layer}/{folder}"


def problems_of_foreign(name, layer, header):
    if header == AWAITABLE_OPERATORS and not name.startswith("core/task_group"):
        yield "awaitable-operators", "`||` and `&&` of awaitables live in core/task_group only"
    for pattern, layers, only_source, what in LIBRARY_HOMES:
        if not pattern.match(header) or name in IMPLEMENTATION_FILES:
            continue
        if layer not in layers:
            yield "library-home", f"{what} is for {' and '.join(sorted(layers))} only"
        elif only_source and not name.endswith(".cpp"):
            yield "library-home", f"{what} is for .cpp files only, headers stay light"


# --- function sizes: a scan over braces -----------------------------------------------------------

PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M)
# BOOST_DESCRIBE_STRUCT(Thing, (), (a, b)) has no semicolon: it is not part of what follows it.
DESCRIPTIONS = re.compile(r"^\s*(?:BOOST_DESCRIBE_\w+\((?:[^()]|\([^()]*\))*\)\s*)+")
TYPE_HEADER = re.compile(r"^(?:(?:typedef|static|constexpr|inline|friend|export)\s+)*"
                         r"(?:class|struct|union)\b")
MEMBER_BRACE = re.compile(r"[:,]\s*[\w:]+(?:<[^{}]*>)?\s*$")


def without_template(header):
    """`template <class T> requires …` gone: its `class` is not a type's."""
    while header.startswith("template"):
        start = header.find("<")
        if start < 0:
            return header
        depth, end = 0, start
        for end in range(start, len(header)):
            depth += {"<": 1, ">": -1}.get(header[end], 0)
            if depth == 0:
                break
        header = header[end + 1:].lstrip()
    return header


def kind_of(header):
    """What a `{` after this text opens: scope, function, member (of a constructor), or other."""
    header = without_template(header.strip())
    if not header:
        return "other"
    if re.match(r"^(?:inline\s+)?namespace\b", header) or re.match(r'^extern\s*""$', header):
        return "scope"
    closing = header.rfind(")")
    if closing >= 0:
        tail = header[closing + 1:]
        in_initializers = re.search(r"\)[^()]*(?<!:):(?!:)", header) is not None
        if in_initializers and MEMBER_BRACE.search(header):
            return "member"
        if re.fullmatch(r"\s*=\s*", tail) or re.search(r"(?<![=!<>])=\s*$", header):
            return "other"
        if TYPE_HEADER.match(header) and not re.fullmatch(
                r"(?:\s|const|noexcept|override|final|&)*", tail):
            return "scope"  # class alignas(64) Thing : public Base
        return "function"
    if TYPE_HEADER.match(header):
        return "scope"
    return "other"


def matching_brace(code, start):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, start):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(code) - 1


def check_functions(code):
    """Yields one finding per function that is longer than the limit, signature included."""
    code = PREPROCESSOR.sub(lambda match: "\n" * match[0].count("\n"), code)
    token = re.compile(r"[{};]|\b(?:public|private|protected)\s*:(?!:)")
    position = header_start = 0
    while True:
        match = token.search(code, position)
        if not match:
            return
        position = match.end()
        if match[0] != "{":
            if match[0] == ";" and code.count("(", header_start, position) > code.count(
                    ")", header_start, position):
                continue  # inside parentheses, as in a macro's arguments
            header_start = position
            continue
        kind = kind_of(DESCRIPTIONS.sub("", code[header_start:match.start()]))
        if kind == "scope":
            header_start = position
            continue
        end = matching_brace(code, match.start())
        position = end + 1
        if kind == "member":
            continue  # the header goes on behind `member_{…}`
        if kind == "function":
            text = code[header_start:match.start()]
            first = line_of(code, header_start + len(text) - len(text.lstrip()))
            lines = line_of(code, end) - first + 1
            if lines > FUNCTION_LINES_MAX:
                yield (first, "function-size",
                       f"a function of {lines} lines, {FUNCTION_LINES_MAX} are the limit")
            header_start = position
