"""People on the running product: the tour of a new one, and who tries to get in elsewhere."""

import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import re
import secrets
import subprocess
import threading
import time
import unittest
import urllib.parse

import product
from workspaces_test import OWN, PSQL, run_sql

PASSWORD = "a long sentence works"
LINK = re.compile(r"https?://\S+/(?:auth/v1/verify|join)\S+")
ROLE_MEANS_NO = "this role does not hold the scope agents:write"
CSRF_MEANS_NO = "send the session's csrf_token in the header Antiphon-Csrf to change something"
KEYS = 1_000


class Answer:
    def __init__(self, response, text):
        self.status, self.headers, self.text = response.status, response.headers, text
        try:
            self.body = json.loads(text) if text else None
        except ValueError:
            self.body = None


def encoded(part):
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@unittest.skipIf(product.is_missing() or not PSQL, "build/release/antiphon is not built")
class Accounts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        cls.read = set()

    def ask(self, method, path, body=None, token=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                timeout=product.PATIENCE)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = Answer(response, response.read())
        connection.close()
        return answer

    def mailed_link(self, address):
        """The link of the next mail to this address; the outbox is written behind the answer."""
        deadline = time.monotonic() + product.PATIENCE
        while time.monotonic() < deadline:
            for file in sorted(pathlib.Path(self.folder, "outbox").glob("*.eml")):
                text = file.read_text()
                if file not in self.read and f"To: {address}\n" in text and "--\n" in text[-4:]:
                    self.read.add(file)
                    return LINK.search(text)[0]
            self.ask("GET", "/healthz")  # the pace of the server is ours
        raise AssertionError(f"no mail to {address}")

    def register(self, name):
        address = f"{name}-{secrets.token_hex(4)}@example.org"
        made = self.ask("POST", "/auth/v1/signup", {"email": address, "password": PASSWORD})
        self.assertEqual((made.status, made.body.get("access_token")), (200, None))
        link = urllib.parse.urlsplit(self.mailed_link(address))
        followed = self.ask("GET", f"{link.path}?{link.query}")
        self.assertEqual(followed.status, 303)
        self.assertIn("access_token=", followed.headers["Location"])
        return address, link

    def sign_in(self, address):
        answer = self.ask("POST", "/auth/v1/token?grant_type=password",
                          {"email": address, "password": PASSWORD})
        self.assertEqual(answer.status, 200, answer.text)
        return answer.body["access_token"]

    def studio(self, address):
        """Header fields of a session of the studio."""
        begun = self.ask("POST", "/api/session", {"email": address, "password": PASSWORD})
        self.assertEqual(begun.status, 201, begun.text)
        return {"Cookie": begun.headers["Set-Cookie"].split(";")[0],
                "Antiphon_Csrf": begun.body["csrf_token"]}

    def test_a_new_user_registers_invites_is_refused_makes_a_key_and_revokes_it(self):
        owner, _ = self.register("ada")
        boss = self.sign_in(owner)
        made = self.ask("POST", "/api/workspaces", {"name": "Maple Street Dental"}, boss)
        self.assertEqual(made.status, 201, made.text)
        guest = f"ann-{secrets.token_hex(4)}@example.org"
        invited = self.ask("POST", "/api/invitations", {"email": guest, "role": "operator"}, boss)
        self.assertEqual((invited.status, invited.body["mail"]), (201, "queued"))
        link = self.mailed_link(guest)
        self.assertEqual(link, invited.body["link"])
        page = self.ask("GET", urllib.parse.urlsplit(link).path)
        self.assertEqual((page.status, b"Accept your invitation" in page.text), (200, True))
        self.ask("POST", "/auth/v1/signup", {"email": guest, "password": PASSWORD})
        confirm = urllib.parse.urlsplit(self.mailed_link(guest))
        self.assertEqual(self.ask("GET", f"{confirm.path}?{confirm.query}").status, 303)
        token = link.split("#token=")[1]
        them = self.sign_in(guest)
        self.assertEqual(self.ask("GET", "/api/agents", token=them).status, 403)
        accepted = self.ask("POST", "/api/invitations/accept", {"token": token}, them)
        self.assertEqual((accepted.status, accepted.body["role"]), (200, "operator"))
        again = self.ask("POST", "/api/invitations/accept", {"token": token}, them)
        self.assertEqual((again.status, again.body["detail"]),
                         (409, "the invitation is used, withdrawn or expired; ask for a new one"))
        self.assertEqual(self.ask("GET", "/api/agents", token=them).status, 200)
        refused = self.ask("POST", "/api/agents", {"name": "Mine"}, them)
        self.assertEqual((refused.status, ROLE_MEANS_NO in refused.body["detail"]), (403, True))
        key = self.ask("POST", "/api/keys", {"name": "nightly report", "role": "analyst",
                                             "scopes": ["agents:read"]}, boss)
        self.assertEqual(key.status, 201, key.text)
        self.assertEqual(self.ask("GET", "/api/agents", token=key.body["key"]).status, 200)
        self.assertEqual(self.ask("GET", "/api/keys", token=key.body["key"]).status, 403)
        path = f"/api/keys/{key.body['details']['id']}"
        self.assertEqual(self.ask("DELETE", path, token=boss).status, 204)
        self.assertEqual(self.ask("GET", "/api/agents", token=key.body["key"]).status, 401)

    def test_a_link_that_was_followed_opens_nothing_twice(self):
        address, link = self.register("bob")
        for template in (link, self.recovery(address)):
            once = self.ask("GET", f"{template.path}?{template.query}")
            if template is not link:
                self.assertIn("access_token=", once.headers["Location"])
            twice = self.ask("GET", f"{template.path}?{template.query}")
            self.assertEqual(twice.status, 303)
            self.assertIn("#error=access_denied&error_code=otp_expired&error_description="
                          "Email+link+is+invalid+or+has+expired", twice.headers["Location"])

    def recovery(self, address):
        self.assertEqual(self.ask("POST", "/auth/v1/recover", {"email": address}).status, 200)
        return urllib.parse.urlsplit(self.mailed_link(address))

    def test_a_token_that_is_not_ours_says_why(self):
        secret = pathlib.Path(self.folder, "auth/jwt-secret").read_text().split("\n")[0].encode()
        good = self.sign_in(self.register("eve")[0])
        head, payload, _ = good.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))

        def signed(changes, header=None, by=secret):
            text = encoded(header or {"alg": "HS256", "typ": "JWT"})
            text += f".{encoded({**claims, **changes})}"
            return f"{text}.{encoded(hmac.new(by, text.encode(), hashlib.sha256).digest())}"

        self.assertEqual(self.ask("GET", "/api/workspaces", token=signed({})).status, 200)
        wrong = {
            "has a wrong signature": [
                f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
                f"{encoded({'alg': 'None'})}.{payload}.{good.split('.')[2]}",
                signed({}, {"alg": "RS256", "typ": "JWT"}),
                signed({}, {"alg": "HS512", "typ": "JWT"}), signed({}, by=b"x" * 48),
                f"{head}.{encoded({**claims, 'sub': OWN})}.{good.split('.')[2]}"],
            "has expired": [signed({"exp": 1_700_000_000})],
            "is not yet valid": [signed({"nbf": 4_000_000_000})],
            "is for another audience": [signed({"aud": "anon"}), signed({"aud": ["x", "y"]})],
            "is from another issuer": [signed({"iss": "https://elsewhere.example"})],
            "is of a session that has ended": [signed({"session_id": OWN}), signed({"sub": OWN})],
            "names no session": [signed({"session_id": None})],
            "is malformed": ["x", "a.b.c", good + ".x", signed({"exp": "soon"}),
                             "x" * 8_193, signed({"sub": "nobody"})],
        }
        for reason, tokens in wrong.items():
            for token in tokens:
                with self.subTest(reason=reason, token=token[:40]):
                    refused = self.ask("GET", "/api/workspaces", token=token)
                    self.assertEqual((refused.status, refused.body["detail"]),
                                     (401, f"the access token {reason}; sign in again"))

    def test_a_bomb_of_json_is_refused_and_the_server_goes_on(self):
        deep = b'{"email":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
        wide = b"{" + b",".join(b'"a%d":1' % n for n in range(4_000)) + b"}"
        cases = [(deep, 400, "bad_json"), (b"[" * 60_000, 400, "bad_json"),
                 (b'{"a":1e99999}', 400, None), (b'{"email":"\xff\xfe"}', 400, "bad_json"),
                 (b'{"email":"a","email":"b"}', 400, None), (b"[]", 400, "bad_json"),
                 (b'{"a":"' + b"x" * 70_000 + b'"}', 413, None), (wide, 400, None)]
        for path in ("/auth/v1/signup", "/auth/v1/token?grant_type=password", "/auth/v1/recover",
                     "/auth/v1/otp", "/auth/v1/verify", "/auth/v1/resend"):
            for body, status, code in cases:
                with self.subTest(path=path, body=body[:30]):
                    answer = self.ask("POST", path, body)
                    self.assertIn(answer.status, {status, 422}, answer.text)
                    if code:
                        self.assertEqual(answer.body["error_code"], code)
        self.assertEqual(self.ask("GET", "/healthz").status, 200)

    def operations(self):
        contract = json.loads((product.ROOT / "contract/openapi.json").read_text())
        for path, methods in contract["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def test_no_cookie_changes_anything_without_its_token(self):
        address, _ = self.register("cyd")
        fields = self.studio(address)
        made = self.ask("POST", "/api/workspaces", {"name": "Mine"}, **fields)
        self.assertEqual(made.status, 201)
        other = self.studio(address)["Antiphon_Csrf"]
        walked = 0
        for method, template, operation in self.operations():
            if method == "GET" or not operation.get("security"):
                continue
            path = re.sub(r"\{[^}]*\}", OWN, template)
            for given in ({}, {"Antiphon_Csrf": "x"}, {"Antiphon_Csrf": other}):
                with self.subTest(method=method, path=template, given=given):
                    body = {} if "requestBody" in operation else None
                    answer = self.ask(method, path, body, Cookie=fields["Cookie"], **given)
                    self.assertEqual((answer.status, answer.body["detail"]),
                                     (403, CSRF_MEANS_NO), answer.text)
            walked += 1
        self.assertGreater(walked, 30)
        self.assertEqual(self.ask("GET", "/api/session", Cookie=fields["Cookie"]).status, 200)

    def test_every_parameter_of_a_query_takes_its_value_as_a_value(self):
        agent = self.server.call("GET", "/api/agents")[1]["items"][0]["id"]
        values = ["%", "_", "\\", "'", "''; drop table agents; --", '"', "') or 1=1 --", "$1",
                  "%' escape '", "*", "\u202e", "a\x00b", "{}", "null", "-1", "1e9", "0x1"]
        asked = 0
        for method, template, operation in self.operations():
            names = [each["name"] for each in operation.get("parameters", [])
                     if each["in"] == "query"]
            path = template.replace("{agent}", agent).replace("{conversation}", OWN)
            body = {} if "requestBody" in operation else None
            # A key is no visitor's token.
            refused = {401, 403} if template.startswith("/widget/") else set()
            for name in names:
                for value in values:
                    asked += 1
                    with self.subTest(path=template, name=name, value=value):
                        answer = self.ask(
                            method, f"{path}?{urllib.parse.urlencode({name: value})}", body,
                            token=self.server.key)
                        self.assertIn(answer.status, {200, 400, 404, 422} | refused, answer.text)
        self.assertGreater(asked, 400)
        self.assertGreater(len(self.server.call("GET", "/api/agents")[1]["items"]), 0)

    def test_a_search_finds_what_its_signs_say_and_nothing_more(self):
        names = ["Half 50% off", "snake_case", "back\\slash", "quo'te"]
        for name in names:
            status, made = self.server.call("POST", "/api/agents", {"name": name})
            self.assertEqual(status, 201, made)
        for search, found in (("%", [names[0]]), ("_", [names[1]]), ("\\", [names[2]]),
                              ("'", [names[3]]), ("0% o", [names[0]]), ("%%", []), ("e%c", []),
                              ("k_c", []), ("' or ''='", [])):
            with self.subTest(search=search):
                query = urllib.parse.urlencode({"search": search})
                items = self.server.call("GET", f"/api/agents?{query}")[1]["items"]
                self.assertEqual([item["name"] for item in items], found)

    def test_a_new_key_signs_without_a_restart_and_the_old_tokens_stay_good(self):
        address, _ = self.register("dan")
        old = self.sign_in(address)
        done = subprocess.run([str(product.PROGRAM), "auth-keys", "--new", "es256", "--data-dir",
                               self.folder], capture_output=True, text=True, check=True,
                              timeout=product.PATIENCE)
        made = re.search(r"made (\S+);", done.stdout)[1]
        deadline = time.monotonic() + product.PATIENCE
        published = []
        while made not in published and time.monotonic() < deadline:
            keys = self.ask("GET", "/auth/v1/.well-known/jwks.json").body["keys"]
            published = [key["kid"] for key in keys]
        self.assertIn(made, published)
        fresh = self.sign_in(address)
        header = json.loads(base64.urlsafe_b64decode(fresh.split(".")[0] + "=="))
        self.assertEqual((header["alg"], header["kid"]), ("ES256", made))
        for token in (old, fresh):
            self.assertEqual(self.ask("GET", "/api/workspaces", token=token).status, 200)

    def test_none_of_a_thousand_keys_revoked_elsewhere_opens_anything_after_a_second(self):
        keys = ["antiphon_" + secrets.token_urlsafe(32) for _ in range(KEYS)]
        hashes = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
        rows = ",".join(f"('{OWN}', 'gone', 'antiphon_', '\\x{each}', 'analyst', 'system')"
                        for each in hashes)
        run_sql(self.folder, "insert into api_keys (workspace_id, name, prefix, key_hash, role, "
                             f"created_by) values {rows};")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                timeout=product.PATIENCE)

        def opens(key):
            connection.request("GET", "/api/agents?limit=1", None,
                               {"Authorization": f"Bearer {key}"})
            response = connection.getresponse()
            response.read()
            return response.status == 200

        self.addCleanup(connection.close)
        self.assertTrue(all(opens(key) for key in keys))
        opened, done = [], threading.Event()

        def use():
            while not done.is_set():
                for key in keys[-20:]:
                    begun = time.monotonic()
                    if opens(key):
                        opened.append(begun)

        user = threading.Thread(target=use)
        user.start()
        run_sql(self.folder, "update api_keys set revoked_at = now() where name = 'gone';")
        revoked = time.monotonic()
        done.wait(1.5)
        done.set()
        user.join()
        self.assertEqual(sum(opens(key) for key in keys), 0)
        last = max(0, (max(opened) - revoked) * 1000)
        print(f"1,000 keys revoked by another process: the last one opened {last:.0f} ms after")
        self.assertLessEqual(last, 1_000)


if __name__ == "__main__":
    unittest.main()
