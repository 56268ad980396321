"""A mail server for tests: every message becomes a file. Ends when FOLDER/stop appears, or after two minutes.

usage: sink.py FOLDER open|login|refuse|later

login   STARTTLS and a login (user, secret); FOLDER/certificate.pem is what to trust.
refuse  answers 550 to every message.   later  answers 451 to the first one.
"""
import asyncio
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult

FOLDER, MODE = pathlib.Path(sys.argv[1]), sys.argv[2]


class Handler:
    count = 0

    async def handle_DATA(self, _server, session, envelope):
        self.count += 1
        if MODE == 'refuse':
            return '550 nobody here'
        if MODE == 'later' and self.count == 1:
            return '451 come back later'
        name = f'{self.count:04}'
        head = f'X-Envelope: {envelope.mail_from} {",".join(envelope.rcpt_tos)} tls={bool(session.ssl)}\r\n'
        (FOLDER / f'{name}.part').write_bytes(head.encode() + envelope.content)
        (FOLDER / f'{name}.part').rename(FOLDER / f'{name}.eml')
        return '250 kept'


def authenticator(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=data.login == b'user' and data.password == b'secret')


def context():
    key, certificate = FOLDER / 'key.pem', FOLDER / 'certificate.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                    '-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
                    '-keyout', str(key), '-out', str(certificate)], check=True, stderr=subprocess.DEVNULL)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate, key)
    return made


async def main():
    handler = Handler()
    options = {}
    if MODE == 'login':
        options = {'tls_context': context(), 'require_starttls': True, 'authenticator': authenticator,
                   'auth_required': True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, **options), '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    for _ in range(1200):
        if (FOLDER / 'stop').exists():
            return
        await asyncio.sleep(0.1)


asyncio.run(main())
