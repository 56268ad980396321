-- What a website's widget needs: an agent's settings for it, which conversation is whose visitor's,
-- and counts of what visitors do.
--
-- Visitors have no account. The server speaks for them as `system`, after it has checked their
-- token; so what ties a visitor to a conversation stands here and is asked with every message.
-- Counts are sums of a day: nothing in them names a visitor.
-- Rollback: drop function find_widget, then the three tables; widgets stop answering, conversations
-- stay, ratings and counts are lost.
create table public.widgets (
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  agent_id      uuid not null,
  settings      jsonb not null check (jsonb_typeof(settings) = 'object'),
  updated_at    timestamptz not null default now(),
  primary key (workspace_id, agent_id),
  foreign key (workspace_id, agent_id) references public.agents (workspace_id, id)
    on delete cascade
);
create index widgets_agent on public.widgets (agent_id);

create trigger widgets_written_by_people before insert or update or delete on public.widgets
  for each statement execute function public.require_principal_kind('user', 'api_key');
create trigger audit_lock before insert or update or delete on public.widgets
  for each statement execute function public.lock_audit_chain();
create trigger audit_row after insert or update or delete on public.widgets
  for each row execute function public.audit_row('', 'updated_at');

alter table public.widgets enable row level security;
alter table public.widgets force row level security;
create policy widgets_of_own_workspace on public.widgets to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select on public.widgets to antiphon_app;
grant insert (workspace_id, agent_id, settings) on public.widgets to antiphon_app;
grant update (settings, updated_at) on public.widgets to antiphon_app;

create table public.widget_conversations (
  workspace_id     uuid not null references public.workspaces (id) on delete cascade,
  conversation_id  uuid not null,
  agent_id         uuid not null,
  visitor_id       uuid not null,
  messages         integer not null default 0 check (messages >= 0),
  rating           smallint check (rating in (-1, 1)),
  comment          text not null default '' check (length(comment) <= 2000),
  created_at       timestamptz not null default now(),
  primary key (workspace_id, conversation_id),
  foreign key (workspace_id, conversation_id)
    references public.conversations (workspace_id, id) on delete cascade,
  foreign key (workspace_id, agent_id) references public.agents (workspace_id, id)
    on delete cascade
);
create index widget_conversations_visitor
  on public.widget_conversations (workspace_id, agent_id, visitor_id, created_at desc);
create index widget_conversations_day
  on public.widget_conversations (workspace_id, agent_id, created_at);

create trigger widget_conversations_not_written_by_jobs
  before insert or update or delete on public.widget_conversations
  for each statement execute function public.require_principal_kind('user', 'api_key', 'system');

alter table public.widget_conversations enable row level security;
alter table public.widget_conversations force row level security;
create policy widget_conversations_of_own_workspace on public.widget_conversations to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select on public.widget_conversations to antiphon_app;
grant insert (workspace_id, conversation_id, agent_id, visitor_id)
  on public.widget_conversations to antiphon_app;
grant update (messages, rating, comment) on public.widget_conversations to antiphon_app;

create table public.widget_counts (
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  agent_id      uuid not null,
  day           date not null,
  kind          text not null check (kind ~ '^[a-z][a-z_]{0,31}$'),
  quantity      bigint not null check (quantity >= 0),
  primary key (workspace_id, agent_id, day, kind),
  foreign key (workspace_id, agent_id) references public.agents (workspace_id, id)
    on delete cascade
);

create trigger widget_counts_not_written_by_jobs before insert or update or delete
  on public.widget_counts
  for each statement execute function public.require_principal_kind('user', 'api_key', 'system');

alter table public.widget_counts enable row level security;
alter table public.widget_counts force row level security;
create policy widget_counts_of_own_workspace on public.widget_counts to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select on public.widget_counts to antiphon_app;
grant insert (workspace_id, agent_id, day, kind, quantity) on public.widget_counts to antiphon_app;
grant update (quantity) on public.widget_counts to antiphon_app;

-- A page names the agent and nothing else; which workspace it is of, the server asks here. Only a
-- widget that somebody has switched on is found.
create function public.find_widget(agent uuid, out workspace_id uuid, out settings jsonb)
language sql stable security definer set search_path = '' as $$
  select w.workspace_id, w.settings
    from public.widgets w
    join public.agents a on a.workspace_id = w.workspace_id and a.id = w.agent_id
   where w.agent_id = find_widget.agent and a.status = 'active'
     and (w.settings ->> 'enabled')::boolean
$$;
revoke all on function public.find_widget(uuid) from public;
grant execute on function public.find_widget(uuid) to antiphon_app;
