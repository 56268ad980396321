-- What was said, and what was heard of it. `heard` is null until playout is known; it is what
-- counts.
--
-- Writing a message twice must be harmless: the journal is replayed after a crash. In a partitioned
-- table a unique key must contain the partition key, so the key may not be the time of writing: a
-- replay after midnight on the last of the month would then land in another partition and be stored
-- twice. The key is the UTC date on which the conversation started. It is carried with every
-- message, and the foreign key (workspace_id, conversation_id, conversation_started_on) proves that
-- it is the conversation's own: for one conversation there is one partition, and `insert ... on
-- conflict do nothing` is exact. A conversation over the turn of a month stays whole, in the month
-- in which it began. The default partition takes what arrives for a month without one: a late
-- partition loses nothing.
-- Rollback: drop table messages; loses every transcript.
create table public.messages (
  id                       uuid not null default gen_random_uuid(),
  workspace_id             uuid not null,
  conversation_id          uuid not null,
  conversation_started_on  date not null,
  ordinal                  integer not null check (ordinal >= 0),
  role                     text not null check (role in ('caller', 'agent', 'system', 'tool')),
  said                     text not null check (octet_length(said) <= 65536),
  heard                    text check (octet_length(heard) <= 65536),
  interrupted              boolean not null default false,
  generation_id            uuid,
  started_ms               integer check (started_ms >= 0),
  ended_ms                 integer check (ended_ms >= started_ms),
  latency                  jsonb
    check (jsonb_typeof(latency) = 'object' and octet_length(latency::text) <= 16384),
  citations                jsonb not null default '[]'
    check (jsonb_typeof(citations) = 'array' and octet_length(citations::text) <= 65536),
  tool                     jsonb
    check (jsonb_typeof(tool) = 'object' and octet_length(tool::text) <= 65536),
  created_at               timestamptz not null default now(),
  primary key (id, conversation_started_on),
  unique (workspace_id, conversation_id, conversation_started_on, ordinal),
  foreign key (workspace_id, conversation_id, conversation_started_on)
    references public.conversations (workspace_id, id, started_on) on delete cascade
) partition by range (conversation_started_on);

alter table public.messages enable row level security;
alter table public.messages force row level security;
create policy messages_of_own_workspace on public.messages to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy messages_of_member on public.messages for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select on public.messages to antiphon_app;
grant insert (id, workspace_id, conversation_id, conversation_started_on, ordinal, role, said,
              heard, interrupted, generation_id, started_ms, ended_ms, latency, citations, tool,
              created_at)
  on public.messages to antiphon_app;
grant update (said, heard, interrupted, started_ms, ended_ms, latency, citations, tool)
  on public.messages to antiphon_app;
grant select on public.messages to authenticated;

create table public.messages_default partition of public.messages default;
select public.copy_row_security('public.messages', 'public.messages_default');
