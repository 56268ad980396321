-- A conversation is one call or chat, from the first ring to the last word. It outlives its agent,
-- so the agent's name is kept with it. started_on, the UTC date of its start, is the partition key
-- that its messages and events carry (see create_messages); for that reason started_at never
-- changes.
-- Rollback: drop table conversations cascade; loses every conversation, transcript and event.
create table public.conversations (
  id                    uuid primary key default gen_random_uuid(),
  workspace_id          uuid not null references public.workspaces (id) on delete cascade,
  agent_id              uuid,
  agent_version_id      uuid,
  configuration_id      uuid,
  agent_name            text not null default '' check (length(agent_name) <= 120),
  channel               text not null check (channel in ('web', 'phone', 'api', 'terminal')),
  mode                  text not null check (mode in ('voice', 'text')),
  status                text not null default 'active'
    check (status in ('active', 'ended', 'failed')),
  ended_reason          text check (length(ended_reason) between 1 and 120),
  started_at            timestamptz not null default now(),
  started_on            date not null
    generated always as ((started_at at time zone 'UTC')::date) stored,
  answered_at           timestamptz,
  ended_at              timestamptz,
  duration_ms           bigint
    generated always as ((extract(epoch from ended_at - started_at) * 1000)::bigint) stored,
  language              text not null default 'en-US'
    check (language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  variables             jsonb not null default '{}'
    check (jsonb_typeof(variables) = 'object' and octet_length(variables::text) <= 65536),
  metadata              jsonb not null default '{}'
    check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536),
  message_count         integer not null default 0 check (message_count >= 0),
  interruption_count    integer not null default 0 check (interruption_count >= 0),
  reply_latency_ms_p50  integer check (reply_latency_ms_p50 >= 0),
  reply_latency_ms_max  integer check (reply_latency_ms_max >= 0),
  summary               jsonb not null default '{}'
    check (jsonb_typeof(summary) = 'object' and octet_length(summary::text) <= 65536),
  created_by            text not null default public.current_principal(),
  created_at            timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, id, started_on),
  check ((status = 'active') = (ended_at is null)),
  check ((status = 'active') = (ended_reason is null)),
  foreign key (workspace_id, agent_id) references public.agents (workspace_id, id)
    on delete set null (agent_id),
  foreign key (workspace_id, agent_version_id) references public.agent_versions (workspace_id, id)
    on delete set null (agent_version_id),
  foreign key (workspace_id, configuration_id) references public.configurations (workspace_id, id)
    on delete set null (configuration_id)
);
-- The list, newest first, by cursor (started_at, id); the others serve filters and `on delete set
-- null`.
create index conversations_workspace_started
  on public.conversations (workspace_id, started_at desc, id desc);
create index conversations_agent
  on public.conversations (workspace_id, agent_id, started_at desc) where agent_id is not null;
create index conversations_agent_version
  on public.conversations (workspace_id, agent_version_id) where agent_version_id is not null;
create index conversations_configuration
  on public.conversations (workspace_id, configuration_id) where configuration_id is not null;
create index conversations_active
  on public.conversations (workspace_id, started_at) where status = 'active';

alter table public.conversations enable row level security;
alter table public.conversations force row level security;
create policy conversations_of_own_workspace on public.conversations to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy conversations_of_member on public.conversations for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, delete on public.conversations to antiphon_app;
grant insert (id, workspace_id, agent_id, agent_version_id, configuration_id, agent_name, channel,
              mode, status, ended_reason, started_at, answered_at, ended_at, language, variables,
              metadata, message_count, interruption_count, reply_latency_ms_p50,
              reply_latency_ms_max, summary)
  on public.conversations to antiphon_app;
grant update (status, ended_reason, answered_at, ended_at, mode, language, variables, metadata,
              message_count, interruption_count, reply_latency_ms_p50, reply_latency_ms_max,
              summary)
  on public.conversations to antiphon_app;
grant select on public.conversations to authenticated;
