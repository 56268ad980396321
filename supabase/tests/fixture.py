"""Two workspaces, a and b, alike, with a row in every table; and what the catalogue says about the tables.

A table without a row in both is a failure (test_isolation), so a new table has to appear here.
"""
import cluster

# Tables that a person reads with their own Supabase session. Everything else is closed to browsers.
READABLE = {
    'workspaces', 'workspace_members', 'agents', 'agent_versions', 'configurations', 'knowledge_bases',
    'agent_knowledge_bases', 'knowledge_documents', 'conversations', 'messages', 'conversation_events',
    'usage_records', 'usage_days'}

# Tables of persons, who are in no workspace, and of workspaces that are gone: nobody has a grant,
# functions are the only doors.
OF_PERSONS = ['studio_sessions', 'purged_workspaces']

TABLES_SQL = f"""
  select c.relname from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     and not c.relname = any (array{OF_PERSONS})
   order by c.relname"""
PARTITIONS_SQL = """
  select c.relname from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relispartition
   order by c.relname"""

USER, SPARE_USER, WORKSPACE, KEY, REVOKED_KEY, EXPIRED_KEY, AGENT, OTHER_AGENT, VERSION, \
    CONFIGURATION, BASE, OTHER_BASE, DOCUMENT, CHUNK, CONVERSATION, MESSAGE, JOB, LEASE, OTHER_CONVERSATION, \
    SECRET, INVITATION, TOOL = range(1, 23)
STRANGER = 'cccccccc-0000-4000-8000-000000000001'  # has an account and no workspace


def uid(letter, number):
    return f'{letter * 8}-0000-4000-8000-{number:012d}'


def workspace_sql(letter):
    i = {name: f"'{uid(letter, number)}'" for name, number in globals().items()
         if name.isupper() and isinstance(number, int)}
    w = i['WORKSPACE']
    vector = 'array_fill(0.05::real, array[384])'
    key = "insert into public.api_keys (id, workspace_id, name, prefix, key_hash, role, expires_at, " \
          "revoked_at) values ({}, " + w + ", 'key', 'ak_test', sha256('{}'), 'owner', {}, {})"
    yield f"insert into public.workspaces (id, slug, name) values ({w}, 'shop-{letter}', 'Shop')"
    yield f"insert into public.workspace_members values ({w}, {i['USER']}, 'owner')"
    yield key.format(i['KEY'], f'key-{letter}', 'null', 'null')
    yield key.format(i['REVOKED_KEY'], f'revoked-{letter}', 'null', 'now()')
    yield key.format(i['EXPIRED_KEY'], f'expired-{letter}', "now() - interval '1 s'", 'null')
    yield f"insert into public.invitations (id, workspace_id, email, role, token_hash) values " \
          f"({i['INVITATION']}, {w}, 'new-{letter}@example.org', 'analyst', sha256('invitation-{letter}'))"
    for agent in ('AGENT', 'OTHER_AGENT'):
        yield f"insert into public.agents (id, workspace_id, slug, name) " \
              f"values ({i[agent]}, {w}, '{agent.lower().replace('_', '-')}', 'Agent')"
    yield f"insert into public.agent_versions (id, workspace_id, agent_id, number, configuration) " \
          f"values ({i['VERSION']}, {w}, {i['AGENT']}, 1, '{{}}')"
    yield f"update public.agents set published_version_id = {i['VERSION']}, " \
          f"canary_version_id = {i['VERSION']} where id = {i['AGENT']}"
    yield f"insert into public.configurations (id, workspace_id, agent_id, agent_version_id, channel, " \
          f"name) values ({i['CONFIGURATION']}, {w}, {i['AGENT']}, {i['VERSION']}, 'web', 'Page')"
    for base in ('BASE', 'OTHER_BASE'):
        yield f"insert into public.knowledge_bases (id, workspace_id, name) values ({i[base]}, {w}, 'Base')"
    yield f"insert into public.agent_knowledge_bases values ({w}, {i['AGENT']}, {i['BASE']})"
    yield f"insert into public.knowledge_documents (id, workspace_id, knowledge_base_id, title, " \
          f"media_type, source) values ({i['DOCUMENT']}, {w}, {i['BASE']}, 'Hours', 'text/plain', 'Nine.')"
    yield f"insert into public.knowledge_chunks (id, workspace_id, document_id, document_revision, " \
          f"ordinal, text, embedding, content_sha256, model_id) values ({i['CHUNK']}, {w}, " \
          f"{i['DOCUMENT']}, 1, 0, 'Nine.', {vector}, sha256('Nine.'), 'model')"
    yield f"insert into public.conversations (id, workspace_id, agent_id, agent_version_id, " \
          f"configuration_id, channel, mode, started_at) values ({i['CONVERSATION']}, {w}, {i['AGENT']}, " \
          f"{i['VERSION']}, {i['CONFIGURATION']}, 'web', 'voice', '2026-11-30 23:59:58+00')"
    yield f"insert into public.messages (id, workspace_id, conversation_id, conversation_started_on, " \
          f"ordinal, role, said) values ({i['MESSAGE']}, {w}, {i['CONVERSATION']}, '2026-11-30', 0, " \
          f"'agent', 'Hello.')"
    yield f"insert into public.conversation_events (workspace_id, conversation_id, " \
          f"conversation_started_on, sequence, kind, at_ms, occurred_at) values ({w}, " \
          f"{i['CONVERSATION']}, '2026-11-30', 1, 'call.answered', 0, now())"
    yield f"insert into public.usage_records (workspace_id, conversation_id, conversation_started_on, " \
          f"kind, provider, model, sequence, quantity, agent_id, occurred_at) values ({w}, " \
          f"{i['CONVERSATION']}, '2026-11-30', 'replies', 'builtin', '', 1, 3, {i['AGENT']}, now())"
    yield f"insert into public.workspace_quotas (workspace_id) values ({w})"
    yield f"insert into public.prices (workspace_id, provider, kind, micros, per) " \
          f"values ({w}, 'builtin', 'replies', 5, 1)"
    yield f"insert into public.widgets (workspace_id, agent_id, settings) " \
          f"values ({w}, {i['AGENT']}, '{{\"enabled\": true}}')"
    yield f"insert into public.widget_conversations (workspace_id, conversation_id, agent_id, visitor_id) " \
          f"values ({w}, {i['CONVERSATION']}, {i['AGENT']}, {i['SPARE_USER']})"
    yield f"insert into public.widget_counts (workspace_id, agent_id, day, kind, quantity) " \
          f"values ({w}, {i['AGENT']}, '2026-11-30', 'opened', 3)"
    yield f"insert into public.recordings (workspace_id, conversation_id, started_at, end_reason, " \
          f"sample_count, byte_count, sha256) values ({w}, {i['CONVERSATION']}, '2026-11-30', " \
          f"'call_ended', 16000, 64088, sha256('sound'))"
    yield f"insert into public.workspace_keys (workspace_id, version, master_key_id, wrapped) " \
          f"values ({w}, 1, decode(repeat('a{letter}', 8), 'hex'), decode(repeat('a{letter}', 104), 'hex'))"
    yield f"insert into public.secrets (id, workspace_id, name, kind, sealed, hint) " \
          f"values ({i['SECRET']}, {w}, 'stripe', 'tool_secret', decode(repeat('a{letter}', 90), 'hex'), '1234')"
    yield f"insert into public.tools (id, workspace_id, name, configuration) values " \
          f"({i['TOOL']}, {w}, 'book', '{{\"description\": \"Books.\"}}')"
    yield f"insert into public.jobs (id, workspace_id, kind, idempotency_key, attempts, leased_by, " \
          f"lease_token, lease_until) values ({i['JOB']}, {w}, 'test.job', 'once', 1, 'worker', " \
          f"{i['LEASE']}, now() + interval '1 hour')"


def other_conversation_sql(letter):
    """For a second recording: a conversation has one. Not in fill(): most tests count conversations."""
    return f"insert into public.conversations (id, workspace_id, channel, mode, started_at) values " \
           f"('{uid(letter, OTHER_CONVERSATION)}', '{uid(letter, WORKSPACE)}', 'web', 'voice', " \
           f"'2026-11-30 23:59:59+00')"


def fill(the_cluster, database):
    with the_cluster.session(cluster.SUPERUSER, database) as superuser:
        accounts = [uid(letter, number) for letter in 'ab' for number in (USER, SPARE_USER)] + [STRANGER]
        for account in accounts:
            superuser.rows(f"insert into auth.users (id, aud, role) "
                           f"values ('{account}', 'authenticated', 'authenticated')")
    with the_cluster.session('antiphon_owner', database) as owner:
        for letter in 'ab':
            for statement in workspace_sql(letter):
                owner.rows(statement)


class Table:
    """A table as the catalogue describes it to the tests."""

    def __init__(self, owner, name):
        self.name = name
        self.key = 'id' if name == 'workspaces' else 'workspace_id'
        self.columns = {
            column: {'type': kind, 'generated': generated == 't', 'insert': may_insert == 't',
                     'update': may_update == 't'}
            for column, kind, generated, may_insert, may_update in owner.rows(f"""
              select attname, format_type(atttypid, atttypmod), attgenerated <> '',
                     attgenerated = '' and has_column_privilege('antiphon_app', attrelid, attnum, 'insert'),
                     attgenerated = '' and has_column_privilege('antiphon_app', attrelid, attnum, 'update')
                from pg_attribute
               where attrelid = 'public.{name}'::regclass and attnum > 0 and not attisdropped
               order by attnum""")}
        self.foreign_keys = [columns.split(',') for columns in owner.column(f"""
          select (select string_agg(a.attname, ',' order by k.position)
                    from unnest(c.conkey) with ordinality k (number, position)
                    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number)
            from pg_constraint c
           where c.contype = 'f' and c.conrelid = 'public.{name}'::regclass and c.conparentid = 0""")]
        parents = {column for key in self.foreign_keys for column in key if column != 'id'}
        unique = [columns.split(',') for columns in owner.column(f"""
          select (select string_agg(a.attname, ',' order by k.position)
                    from unnest(i.indkey::smallint[]) with ordinality k (number, position)
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number)
            from pg_index i
           where i.indisunique and i.indrelid = 'public.{name}'::regclass""")]
        # With another value in these, a copy of a row is a new row: of each unique index the last column
        # that is neither a reference nor generated.
        self.distinguishing = {
            own[-1] for columns in unique
            if (own := [column for column in columns
                        if column not in parents and not self.columns[column]['generated']])}

    def rows_of(self, letter):
        return f"{self.key} = '{uid(letter, WORKSPACE)}'"
