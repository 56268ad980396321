"""Plants one violation of every rule and sees it found, at its line; sees clean code pass.

Run: python3 -m unittest tidy_test, in tools/ (`make check` does).
"""

import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
LOADER = importlib.machinery.SourceFileLoader("tidy", str(HERE / "tidy"))
tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", LOADER))
LOADER.exec_module(tidy)

MAKEFILE = "run: ## start\n\ttrue\ncheck:\n\ttrue\n"
# Exist wherever pages are checked, so that their first folder is known as ours.
BACKGROUND = {"Makefile": MAKEFILE, "tools/tidy": "", "tools/fetch-models": "",
              "server/src/core/clock.h": "", "server/src/engine/session.h": "",
              "docs/guides/start.md": "Start.\n"}


class TreeCase(unittest.TestCase):
    def findings(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**BACKGROUND, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return tidy.check(root)

    def assert_found(self, name, text, rule, line=1, **more):
        found = self.findings({name: text, **more})
        self.assertEqual([(name, line, rule)], [finding[:3] for finding in found])

    def assert_clean(self, name, text, **more):
        self.assertEqual([], self.findings({name: text, **more}))


def source(*lines):
    return "\n".join(lines) + "\n"


class Layers(TreeCase):
    # Every row of the table: what each layer may include, and nothing else.
    TABLE = {
        "core": "", "wire": "core", "dsp": "core", "crypto": "json core", "json": "core",
        "process": "core", "sip": "wire crypto core", "net": "wire crypto core",
        "domain": "core", "ports": "domain core", "engine": "ports domain dsp core",
        "service": "ports domain crypto json core", "api": "service domain ports net json core",
        "providers": "ports domain net process wire dsp crypto json core",
        "transports": "ports domain sip net wire dsp crypto json core",
        "store": "ports domain crypto json core",
    }

    def test_every_pair_of_layers_is_as_the_table_says(self):
        everything = {*self.TABLE, "app"}
        for layer, allowed in self.TABLE.items():
            for target in everything - {layer}:
                with self.subTest(layer=layer, target=target):
                    text = source(f'#include "{target}/thing.h"')
                    rules = [rule for _, rule, _ in tidy.tidy_cpp.check(f"{layer}/a.h", text)]
                    self.assertEqual([] if target in allowed.split() else ["layers"], rules)

    def test_app_may_include_everything_but_testing(self):
        text = source(*(f'#include "{layer}/thing.h"' for layer in self.TABLE))
        self.assert_clean("server/src/app/wiring.cpp", text)
        self.assert_found("server/src/app/wiring.cpp", '#include "testing/run.h"\n', "testing")

    def test_siblings_never_meet(self):
        for layer in ("providers", "transports", "store", "api"):
            with self.subTest(layer=layer):
                self.assert_found(f"server/src/{layer}/one/a.cpp",
                                  f'#include "{layer}/two/b.h"\n', "siblings")

    def test_files_directly_in_a_folder_are_shared_by_its_sub_folders(self):
        self.assert_clean("server/src/store/postgres/a.cpp", '#include "store/pool.h"\n')
        self.assert_clean("server/src/store/postgres/a.cpp", '#include "store/postgres/b.h"\n')
        self.assert_clean("server/src/engine/turns/a.cpp", '#include "engine/session/b.h"\n')

    def test_a_shared_header_may_not_lead_back_into_a_sub_folder(self):
        self.assert_found("server/src/api/problem.h", '#include "api/agents/a.h"\n', "siblings")

    def test_testing_is_for_tests_fuzzers_benches_and_itself(self):
        text = '#include "testing/manual_clock.h"\n'
        for name in ("thing_test.cpp", "thing_fuzz.cpp", "thing_bench.cpp"):
            self.assert_clean(f"server/src/core/{name}", text)
        self.assert_clean("server/src/testing/run.h", text)
        self.assert_found("server/src/core/thing.cpp", text, "testing")
        self.assert_clean("server/src/core/fixture_test.h", text)
        self.assert_found("server/src/core/a.h", '#include "core/fixture_test.h"\n', "testing")

    def test_a_test_keeps_to_the_row_of_its_layer(self):
        self.assert_found("server/src/core/a_test.cpp", '#include "net/b.h"\n', "layers")

    def test_tests_of_the_whole_may_include_anything(self):
        text = source('#include "app/a.h"', '#include "testing/b.h"', '#include "local.h"')
        self.assert_clean("server/tests/integration/a_test.cpp", text)

    def test_own_headers_are_written_from_the_source_root(self):
        self.assert_found("server/src/core/a.cpp", '#include "a.h"\n', "include-form")
        self.assert_found("server/src/core/a.cpp", '#include "../core/a.h"\n', "include-form")

    def test_an_include_in_a_comment_is_none(self):
        self.assert_clean("server/src/core/a.h", source("/*", '#include "app/x.h"', "*/"))


class Libraries(TreeCase):
    def test_beast_lives_in_sources_of_net(self):
        text = "#include <boost/beast/http.hpp>\n"
        self.assert_clean("server/src/net/http.cpp", text)
        for name in ("net/http.h", "api/agents/a.cpp", "app/main.cpp", "net/a/b.h"):
            self.assert_found(f"server/src/{name}", text, "library-home")

    def test_openssl_and_curl_live_in_sources_of_net_and_crypto(self):
        for header in ("openssl/evp.h", "curl/curl.h", "srtp2/srtp.h"):
            text = f"#include <{header}>\n"
            self.assert_clean("server/src/net/a.cpp", text)
            self.assert_clean("server/src/crypto/a.cpp", text)
            self.assert_found("server/src/crypto/a.h", text, "library-home")
            self.assert_found("server/src/providers/x/a.cpp", text, "library-home")

    def test_databases_live_in_store_and_models_in_providers(self):
        self.assert_clean("server/src/store/a.cpp", "#include <libpq-fe.h>\n")
        self.assert_found("server/src/service/a.cpp", "#include <libpq-fe.h>\n", "library-home")
        self.assert_found("server/src/engine/a.cpp", "#include <onnxruntime_c_api.h>\n",
                          "library-home")

    def test_awaitable_operators_live_in_task_group(self):
        text = "#include <boost/asio/experimental/awaitable_operators.hpp>\n"
        self.assert_clean("server/src/core/task_group.cpp", text)
        self.assert_clean("server/src/core/task_group_race.h", text)
        self.assert_found("server/src/core/mailbox.cpp", text, "awaitable-operators")


class Sizes(TreeCase):
    def test_files_have_limits(self):
        self.assert_clean("server/src/core/a.cpp", "int a;\n" * 400)
        self.assert_found("server/src/core/a.cpp", "int a;\n" * 401, "file-size", 401)
        self.assert_clean("server/src/core/a.h", "int a;\n" * 200)
        self.assert_found("server/src/core/a.h", "int a;\n" * 201, "file-size", 201)

    def test_lines_have_limits_in_characters(self):
        self.assert_clean("server/src/core/a.cpp", "// " + "ü" * 97 + "\n")
        self.assert_found("server/src/core/a.cpp", "// " + "x" * 98 + "\n", "line-length")

    FORMS = {
        "free": "int f(int a) {",
        "template": "template <class T> requires(sizeof(T) > 1)\nint f(T a) {",
        "member": "struct S {\n  int f(int a) const noexcept override {",
        "constructor": "S::S(int a) : a_{a}, b_(a), c_{{1, 2}} {",
        "trailing": "auto f(std::vector<int> a = {}) -> Result<int> {",
        "test": "TEST(Session, StopsWithinOneFrame) {",
        "nested": "namespace a {\nnamespace {\nclass B : public C<D> {\n public:\n  B() {",
        "class template": "template <class T, class U = A<T>>\nclass B {\n  int f() {",
        "operator": "bool operator==(const A& a, const B& b) {",
    }

    def test_a_long_function_is_found_whatever_its_form(self):
        for form, head in self.FORMS.items():
            for body, is_long in ((57, False), (62, True)):
                with self.subTest(form=form, body=body):
                    closing = "}\n" * (head.count("{") - head.count("}"))
                    text = head + "\n" + '  if (x) { y("}{"); }\n' * body + closing
                    rules = [finding[2] for finding in
                             self.findings({"server/src/core/a.cpp": text})]
                    self.assertEqual(["function-size"] if is_long else [], rules)

    def test_types_namespaces_and_tables_are_no_functions(self):
        for head in ("namespace a {", "BOOST_DESCRIBE_STRUCT(A, (), (b, c))\n\nnamespace {",
                     "class A final : public B {", "enum class E : int {",
                     "constexpr std::array<int, 80> kTable = {", "constexpr Table kTable{",
                     'extern "C" {', "struct alignas(64) A {"):
            with self.subTest(head=head):
                line = "  1,\n" if "kTable" in head or "enum" in head else "  int a;\n"
                self.assert_clean("server/src/core/a.cpp", head + "\n" + line * 80 + "};\n")

    def test_a_second_function_is_measured_apart(self):
        one = "void f() {\n" + "  g();\n" * 50 + "}\n"
        self.assert_clean("server/src/core/a.cpp", one * 3)


class Time(TreeCase):
    def test_nothing_sleeps(self):
        for call in ("std::this_thread::sleep_for(20ms);", "usleep(10);", "nanosleep(&a, &b);",
                     "::sleep(1);"):
            self.assert_found("server/src/net/a.cpp", f"void f() {{ {call} }}\n", "sleep")
            self.assert_found("server/tests/integration/a_test.cpp",
                              f"void f() {{ {call} }}\n", "sleep")

    def test_waiting_on_our_clock_is_no_sleep(self):
        self.assert_clean("server/src/net/a.cpp", "auto f() { return clock.sleep_for(20ms); }\n")

    def test_only_the_system_clock_reads_the_real_clock(self):
        for call in ("std::chrono::steady_clock::now()", "std::chrono::system_clock::now()",
                     "clock_gettime(0, &a)", "time(nullptr)", "std::time(&a)"):
            text = f"auto f() {{ return {call}; }}\n"
            self.assert_found("server/src/engine/a.cpp", text, "clock")
            self.assert_found("server/src/engine/a_test.cpp", text, "clock")
            self.assert_clean("server/src/core/system_clock.cpp", text)

    def test_tests_of_pure_layers_run_on_a_manual_clock(self):
        self.assert_found("server/src/engine/a_test.cpp", "SystemClock clock;\n", "clock")
        self.assert_found("server/src/core/a_test.cpp", "timer.expires_after(1s);\n", "clock")
        self.assert_clean("server/src/store/a_test.cpp", "SystemClock clock;\n")

    def test_tests_in_other_languages_do_not_sleep(self):
        for name, text in (("tests/load/run.py", "time.sleep(1)\n"),
                           ("server/tests/a_test.py", "await asyncio.sleep(0.5)\n"),
                           ("tests/e2e/a.mjs", "setTimeout(done, 500)\n"),
                           ("tests/e2e/b.test.ts", "await page.waitForTimeout(10)\n"),
                           ("studio/src/A.test.tsx", "setTimeout(done, 1)\n"),
                           ("tests/faults/a.sh", "kill $x; sleep 2\n")):
            with self.subTest(name=name):
                self.assert_found(name, text, "sleep")

    def test_the_product_may_use_timers(self):
        self.assert_clean("client/src/retry.ts", "setTimeout(retry, delay)\n")
        self.assert_clean("tests/e2e/a.py", "await asyncio.sleep(0)\n")

    def test_only_random_reads_entropy(self):
        for call in ("std::random_device seed;", "std::rand();", "getrandom(a, 1, 0);",
                     'open("/dev/urandom");'):
            self.assert_found("server/src/net/a.cpp", f"void f() {{ {call} }}\n", "entropy")
            self.assert_clean("server/src/core/random.cpp", f"void f() {{ {call} }}\n")


class Text(TreeCase):
    def test_only_adapters_throw_and_catch(self):
        text = source("void f() {", "  try { g(); } catch (...) { throw; }", "}")
        for layer in ("providers", "transports", "store", "net", "json", "process", "app"):
            self.assert_clean(f"server/src/{layer}/a.cpp", text)
        found = self.findings({"server/src/engine/a.cpp": text})
        self.assertEqual(["exceptions", "exceptions"], [finding[2] for finding in found])
        self.assert_clean("server/src/engine/a.cpp",
                          source('auto a = "Sorry, I did not catch that";', "// throw and catch"))

    def test_unfinished_work_needs_an_issue(self):
        for comment in ("// TODO: later", "// FIXME", "// TODO(ice): later"):
            self.assert_found("server/src/core/a.cpp", comment + "\n", "todo")
        self.assert_clean("server/src/core/a.cpp", "// TODO(ice #12): trickle\n")

    def test_code_that_was_commented_out_is_found(self):
        for line in ("// return value;", "// auto a = b + c;", "// session.stop(now);",
                     "// if (ready) {", "// count_ += 1;", "//#include <vector>",
                     "  // std::move(value);"):
            self.assert_found("server/src/core/a.cpp", line + "\n", "commented-code")
        self.assert_found("tools/a.py", "# import os\n", "commented-code")
        self.assert_found("client/a.ts", "// const a = await load();\n", "commented-code")

    def test_sentences_and_examples_are_no_code(self):
        for line in ("// Holds 200 ms (ten frames); a later packet is dropped.",
                     "// returns what was asked for; never waits",
                     "// Two ways out: stop(), or the end of the file;",
                     "//   auto frame = buffer.pop();", "// for a moment, while (it) waits",
                     "// if nothing came, the caller hears silence", "// x = y in RFC 3550."):
            with self.subTest(line=line):
                self.assert_clean("server/src/core/a.cpp", line + "\n")
        self.assert_clean("tools/a.py", "# for the tests: a folder of its own\n")

    def test_hosts_of_registries_and_paths_of_machines_are_found(self):
        self.assert_found("deploy/a.yaml", "url: https://registry.npmjs" + ".org/x\n",
                          "host-name")
        self.assert_found("README.md", "Look at pypi" + ".org.\n", "host-name")
        for path in ("/work/" + "main/x", "/root/" + ".cache", "/home/" + "alice/x"):
            self.assert_found("tools/a.sh", f"cd {path}\n", "machine-path")
        self.assert_clean("tools/a.sh", "cd $HOME/root/x; cd /home/you/antiphon\n")

    def test_vendored_files_and_binaries_are_left_alone(self):
        self.assert_clean("server/third_party/x/a.h", "// TODO " + "x" * 200 + "\n")
        self.assert_clean("docs/picture.png", "TODO\0/root/" + "x")


class Pages(TreeCase):
    def test_links_lead_to_files(self):
        self.assert_clean("docs/guides/a.md", "[s](start.md#top) [t](../../tools/tidy)\n")
        self.assert_clean("docs/guides/a.md", "[w](https://example.com/x) [h](#here)\n")
        self.assert_found("docs/guides/a.md", "\n[s](gone.md)\n", "links", 2)
        self.assert_found("README.md", "![p](docs/gone.png)\n", "links")

    def test_paths_in_code_spans_exist(self):
        self.assert_clean("README.md", "`core/clock.h` `engine/session` `server/src/core/`\n")
        self.assert_clean("README.md", "`/api/agents` `a/b` `build/release/x` `docs/*/start.md`\n")
        self.assert_found("README.md", "See `core/gone.h`.\n", "paths")
        self.assert_found("ARCHITECTURE.md", "`engine/{session,gone}.h`\n", "paths")
        self.assert_found("docs/a.md", "`server/gone.txt`\n", "paths")

    def test_commands_exist(self):
        self.assert_clean("README.md", "`make run`, `tools/fetch-models --verify`\n")
        self.assert_found("README.md", "`make away`\n", "paths")
        self.assert_found("README.md", source("```sh", "$ tools/gone now", "```"), "paths", 2)
        self.assert_found("README.md", source("```", "make away", "```"), "paths", 2)


class Exceptions(TreeCase):
    LONG = "// " + "x" * 98 + "\n"

    def allow(self, line):
        return self.findings({"server/src/core/a.cpp": self.LONG, "tools/tidy.allow": line + "\n"})

    def test_an_exception_covers_its_file_and_rule(self):
        self.assertEqual([], self.allow("server/src/core/a.cpp: line-length: a URL of an RFC"))
        self.assertEqual([], self.allow("server/src/*: line-length: a URL of an RFC"))

    def test_an_exception_of_another_rule_does_not(self):
        rules = [finding[2] for finding in self.allow("server/src/core/a.cpp: file-size: tables")]
        self.assertEqual(["line-length", "allow"], rules)

    def test_an_exception_needs_a_reason(self):
        rules = [finding[2] for finding in self.allow("server/src/core/a.cpp: line-length:")]
        self.assertEqual(["line-length", "allow"], rules)

    def test_an_exception_that_nothing_needs_is_a_finding(self):
        self.assert_found("tools/tidy.allow", "a.cpp: sleep: waits for hardware\n", "allow")


if __name__ == "__main__":
    unittest.main()
