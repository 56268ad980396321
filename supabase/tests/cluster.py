"""A private PostgreSQL for the tests, and sessions on it through psql.

The server listens on a unix socket in a temporary folder and nowhere else. It never runs as root: root
starts it as `postgres`, or `nobody` where that account is missing. It ends with the test program, also when
that is killed (parent-death signal), and is stopped by its own pid.

The databases are made the way the migrator makes them: shim/cluster.sql by the bootstrap superuser, then
the shim and the migrations, one transaction per file, by antiphon_owner, who is no superuser.
"""
import atexit
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import unittest

SUPABASE = pathlib.Path(__file__).resolve().parent.parent
# The real Supabase Auth server and its migrations: then its schema takes the place of our shim
# (tools/oracle).
REAL_AUTH = os.environ.get('ANTIPHON_REAL_AUTH')
SUPERUSER = 'cluster_superuser'
FIELD, RECORD = '\x1f', '\x1e'
_cluster = None


def shim_files():
    return sorted((SUPABASE / 'shim').glob('[0-9]*.sql'))


def migration_files():
    return sorted((SUPABASE / 'migrations').glob('[0-9]*.sql'))


def literal(value):
    """A value as an SQL literal; lists and dictionaries are not needed here."""
    if value is None:
        return 'null'
    return "'" + str(value).replace("'", "''") + "'"


def _binary(name):
    candidates = sorted(glob.glob(f'/usr/lib/postgresql/*/bin/{name}'),
                        key=lambda path: float(path.split('/')[4]))
    found = candidates[-1] if candidates else shutil.which(name)
    if not found:
        raise RuntimeError(
            f'{name} is not installed: these tests need PostgreSQL 15 (apt package postgresql-15)')
    return found


class SqlError(Exception):
    def __init__(self, sqlstate, message):
        super().__init__(f'{sqlstate}: {message}')
        self.sqlstate = sqlstate
        self.message = message


class Session:
    """One psql process, one connection; statements go in by stdin, rows come back as lists of text."""

    def __init__(self, socket_folder, user, database):
        self._process = subprocess.Popen(
            [_binary('psql'), '-XqAt', '-F', FIELD, '-R', RECORD, '-P', 'null=\x15', '-v',
             'ON_ERROR_STOP=0', '-h', socket_folder, '-U', user, '-d', database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, 'PGOPTIONS': '-c client_min_messages=error', 'PGCLIENTENCODING': 'UTF8'},
            text=True, encoding='utf-8')
        self.row_count = 0

    def rows(self, sql):
        """Runs one statement and returns its rows; raises SqlError."""
        end = '\x04\x04'
        self._process.stdin.write(
            sql.rstrip().rstrip(';') + '\n;\n'
            f"\\echo '{end}' :ERROR :SQLSTATE :ROW_COUNT :LAST_ERROR_MESSAGE\n")
        self._process.stdin.flush()
        body = ''
        while True:
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError('psql ended; the statement was: ' + sql[:200])
            if line.startswith(end):
                break
            body += line
        _, failed, sqlstate, count, *message = line.split()
        if failed == 'true':
            raise SqlError(sqlstate, ' '.join(message))
        self.row_count = int(count)
        if not body:
            return []
        return [[None if field == '\x15' else field for field in row.split(FIELD)]
                for row in body.removesuffix('\n').split(RECORD)]

    def value(self, sql):
        return self.rows(sql)[0][0]

    def column(self, sql):
        return [row[0] for row in self.rows(sql)]

    def run(self, sql):
        """Runs one statement and returns how many rows it touched."""
        self.rows(sql)
        return self.row_count

    def sqlstate(self, sql):
        """'00000' or the SQLSTATE with which the statement is refused; undone inside a transaction."""
        self.rows('savepoint attempt')
        try:
            self.rows(sql)
            state = '00000'
        except SqlError as error:
            state = error.sqlstate
        self.rows('rollback to savepoint attempt')
        return state

    def begin_work(self, kind, principal_id, workspace_id):
        self.rows('begin')
        return self.value(f'select public.begin_work({literal(kind)}, {literal(principal_id)}, '
                          f'{literal(workspace_id)})')

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


class Cluster:
    def __init__(self):
        self._folder = tempfile.mkdtemp(prefix='ap', dir='/tmp')  # short: a socket path ends at 107
        self.socket_folder = os.path.join(self._folder, 's')
        data = os.path.join(self._folder, 'd')
        os.mkdir(self.socket_folder, 0o700)
        os.mkdir(data, 0o700)
        become = ['setpriv', '--pdeathsig', 'INT']
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            account = pwd.getpwnam('postgres' if 'postgres' in names else 'nobody')
            for path in (self._folder, self.socket_folder, data):
                os.chown(path, account.pw_uid, account.pw_gid)
            become += ['--reuid', str(account.pw_uid), '--regid', str(account.pw_gid), '--clear-groups']
        quiet = {'cwd': self._folder, 'env': {'PATH': os.environ['PATH'], 'HOME': self._folder, 'TZ': 'UTC'}}
        subprocess.run([*become, _binary('initdb'), '-D', data, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8',
                        '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
                       check=True, stdout=subprocess.DEVNULL, **quiet)
        with open(os.path.join(self._folder, 'log'), 'w', encoding='utf-8') as log:
            self._server = subprocess.Popen(
                [*become, _binary('postgres'), '-D', data, '-k', self.socket_folder, '-c',
                 'listen_addresses=', '-c', 'unix_socket_permissions=0700', '-c', 'fsync=off', '-c',
                 'synchronous_commit=off', '-c', 'full_page_writes=off', '-c', 'shared_buffers=32MB',
                 '-c', 'autovacuum=off', '-c', 'max_connections=80'], stdout=log, stderr=log, **quiet)
        atexit.register(self.stop)
        self._wait_until_ready()
        self._names = 0
        with self.session(SUPERUSER, 'postgres') as superuser:
            for statement in sql_statements(SUPABASE / 'shim' / 'cluster.sql'):
                superuser.rows(statement)
            superuser.rows('alter database antiphon set timezone = utc')
        if REAL_AUTH:
            self._make_real_auth_schema()
            self.apply('antiphon', migration_files())
        else:
            self.apply('antiphon', [*shim_files(), *migration_files()])
        with self.session(SUPERUSER, 'postgres') as superuser:
            superuser.rows('alter database antiphon is_template true')

    def auth_environment(self):
        """What the real auth server is told: this cluster, and how our own is set up."""
        folder = os.environ['ANTIPHON_REAL_AUTH_MIGRATIONS']
        url = f'postgres://supabase_auth_admin@/antiphon?host={self.socket_folder}&search_path=auth'
        return {'PATH': os.environ['PATH'], 'DATABASE_URL': url, 'GOTRUE_DB_DRIVER': 'postgres',
                'GOTRUE_DB_DATABASE_URL': url, 'DB_NAMESPACE': 'auth', 'GOTRUE_DB_MIGRATIONS_PATH': folder,
                'GOTRUE_JWT_SECRET': 'a-secret-of-the-tests-with-32-bytes-and-more', 'GOTRUE_JWT_EXP': '3600',
                'GOTRUE_JWT_AUD': 'authenticated', 'GOTRUE_JWT_DEFAULT_GROUP_NAME': 'authenticated',
                'GOTRUE_JWT_ADMIN_ROLES': 'service_role', 'GOTRUE_API_HOST': '127.0.0.1', 'PORT': '0',
                'API_EXTERNAL_URL': 'https://voice.example.test/auth/v1',
                'GOTRUE_SITE_URL': 'https://voice.example.test'}

    def _make_real_auth_schema(self):
        with self.session(SUPERUSER, 'antiphon') as superuser:
            for statement in sql_statements(SUPABASE / 'tests' / 'real_auth_before.sql'):
                superuser.rows(statement)
        done = subprocess.run([REAL_AUTH, 'migrate'], env=self.auth_environment(), capture_output=True,
                              text=True, check=False, cwd=self._folder)
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])
        with self.session(SUPERUSER, 'antiphon') as superuser:
            for statement in sql_statements(SUPABASE / 'tests' / 'real_auth_after.sql'):
                superuser.rows(statement)

    def _wait_until_ready(self):
        # No sleep: each try is a process of its own; 5,000 of them are far more than a start takes.
        command = [_binary('pg_isready'), '-q', '-h', self.socket_folder]
        for tried in range(5000):
            if subprocess.run(command, check=False).returncode == 0:
                return
            if self._server.poll() is not None or tried == 4999:
                raise RuntimeError(pathlib.Path(self._folder, 'log').read_text(encoding='utf-8'))

    def session(self, user, database):
        return _Closing(Session(self.socket_folder, user, database))

    def database(self):
        """The name of a fresh database with everything migrated and no rows."""
        self._names += 1
        name = f'test_{self._names}'
        with self.session(SUPERUSER, 'postgres') as superuser:
            superuser.rows(f'create database {name} template antiphon owner antiphon_owner')
        return name

    def apply(self, database, files, user='antiphon_owner'):
        """Runs each file in a transaction of its own, as the migrator does."""
        arguments = [_binary('psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', self.socket_folder, '-U', user,
                     '-d', database, '-o', os.devnull]
        text = ''.join(f'begin;\n{path.read_text(encoding="utf-8")}\ncommit;\n' for path in files)
        done = subprocess.run(arguments, input=text, text=True, capture_output=True, check=False,
                              env={**os.environ, 'PGOPTIONS': '-c client_min_messages=warning'})
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def stop(self):
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)  # fast shutdown
            self._server.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)


class _Closing:
    def __init__(self, session):
        self._session = session

    def __enter__(self):
        return self._session

    def __exit__(self, *_):
        self._session.close()


def sql_statements(path):
    lines = [line for line in path.read_text(encoding='utf-8').splitlines() if not line.startswith('--')]
    return [statement for statement in '\n'.join(lines).split(';') if statement.strip()]


def cluster():
    """The one cluster of this test program."""
    global _cluster
    if _cluster is None:
        _cluster = Cluster()
    return _cluster


class DatabaseTest(unittest.TestCase):
    """Each class gets a database of its own; each test its own sessions."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = cluster()
        cls.name = cls.cluster.database()

    def login(self, user):
        session = Session(self.cluster.socket_folder, user, self.name)
        self.addCleanup(session.close)
        return session
