-- What a workspace may use at most, and what it pays: both are set by an owner, and a workspace
-- without a row has no limit and no prices.
--
-- A conversation takes its place in the transaction that stores it (take_conversation_place): the
-- row of quotas is locked first, so that of two starts at the same moment one sees the other.
-- A quota that is reached refuses what begins; it ends nothing by itself.
--   AN101 conversations at once   AN102 minutes of the month   AN103 spend of the month
--   AN104 stored bytes
-- A month is one of UTC. Money is in millionths of the one currency that the workspace counts in.
-- Costs are made when they are asked for: usage times the price that was valid on its day, so that
-- a price entered late or put right counts for what was used before.
-- Rollback: drop the functions, then table prices, workspace_quotas; nothing is limited any more.
create table public.workspace_quotas (
  workspace_id       uuid primary key references public.workspaces (id) on delete cascade,
  conversations_max  integer check (conversations_max between 0 and 1000000),
  minutes_max        bigint check (minutes_max between 0 and 1000000000),
  storage_bytes_max  bigint check (storage_bytes_max between 0 and 1000000000000000),
  spend_micros_max   bigint check (spend_micros_max between 0 and 1000000000000000),
  updated_at         timestamptz not null default now()
);

create trigger workspace_quotas_written_by_people
  before insert or update or delete on public.workspace_quotas
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.workspace_quotas enable row level security;
alter table public.workspace_quotas force row level security;
create policy workspace_quotas_of_own_workspace on public.workspace_quotas to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select on public.workspace_quotas to antiphon_app;
grant insert (workspace_id, conversations_max, minutes_max, storage_bytes_max, spend_micros_max)
  on public.workspace_quotas to antiphon_app;
grant update (conversations_max, minutes_max, storage_bytes_max, spend_micros_max, updated_at)
  on public.workspace_quotas to antiphon_app;

-- So many micros for so many units of a kind; model '' is every model of the provider that has no
-- price of its own.
create table public.prices (
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  provider      text not null check (length(provider) <= 64),
  model         text not null default '' check (length(model) <= 128),
  kind          text not null check (kind ~ '^[a-z][a-z_]{0,63}$'),
  valid_from    date not null default '2000-01-01',
  micros        bigint not null check (micros between 0 and 1000000000000),
  per           bigint not null check (per between 1 and 1000000000),
  primary key (workspace_id, valid_from, kind, provider, model)
);

create trigger prices_written_by_people before insert or update or delete on public.prices
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.prices enable row level security;
alter table public.prices force row level security;
create policy prices_of_own_workspace on public.prices to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select, insert, delete on public.prices to antiphon_app;

do $$
declare
  audited  text;
begin
  foreach audited in array array['workspace_quotas', 'prices'] loop
    execute format('create trigger audit_lock before insert or update or delete on public.%I '
                   'for each statement execute function public.lock_audit_chain()', audited);
    execute format('create trigger audit_row after insert or update or delete on public.%I '
                   'for each row execute function public.audit_row('''', ''updated_at'')', audited);
  end loop;
end $$;

-- In micros, exact; what has no price costs nothing.
create function public.usage_cost(workspace uuid, provider text, model text, kind text, day date,
                                  quantity bigint) returns numeric
language sql stable set search_path = '' as $$
  select coalesce((
    select usage_cost.quantity::numeric * p.micros / p.per from public.prices p
     where p.workspace_id = usage_cost.workspace and p.provider = usage_cost.provider
       and p.model in (usage_cost.model, '') and p.kind = usage_cost.kind
       and p.valid_from <= usage_cost.day
     order by p.model desc, p.valid_from desc limit 1), 0)
$$;

-- What of each quota is used at this moment.
create function public.quota_use(out conversations bigint, out conversation_ms bigint,
                                 out storage_bytes bigint, out spend_micros bigint)
language plpgsql volatile security definer set search_path = '' as $$
declare
  workspace    uuid := public.current_workspace_id();
  month_first  date := date_trunc('month', statement_timestamp() at time zone 'UTC')::date;
begin
  -- A typed conversation takes a place for ten minutes: nobody says when it is over.
  select count(*) into conversations from public.conversations c
   where c.workspace_id = workspace and c.status = 'active'
     and (c.mode = 'voice' or c.started_at > statement_timestamp() - interval '10 minutes');
  select coalesce(sum(d.quantity) filter (where d.kind = 'conversation_ms'), 0),
         coalesce(round(sum(public.usage_cost(d.workspace_id, d.provider, d.model, d.kind, d.day,
                                              d.quantity))), 0)
    into conversation_ms, spend_micros
    from public.usage_days d where d.workspace_id = workspace and d.day >= month_first;
  storage_bytes :=
    (select coalesce(sum(r.byte_count), 0) from public.recordings r
      where r.workspace_id = workspace)
    + (select coalesce(sum(k.byte_count), 0) from public.knowledge_documents k
        where k.workspace_id = workspace);
end $$;

-- Called in the transaction that stores a conversation, before it. Minutes and recordings are of
-- spoken ones.
create function public.take_conversation_place(agent uuid, spoken boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  quotas    public.workspace_quotas;
  used      record;
  recorded  boolean;
begin
  select q.* into quotas from public.workspace_quotas q
   where q.workspace_id = public.current_workspace_id() for update;
  if not found then
    return;
  end if;
  -- After the lock: what the one before us has stored counts.
  select * into used from public.quota_use();
  if used.conversations >= quotas.conversations_max then
    raise exception 'as many conversations as the quota allows are running' using errcode = 'AN101';
  elsif spoken and used.conversation_ms >= quotas.minutes_max * 60000 then
    raise exception 'the minutes of this month are used up' using errcode = 'AN102';
  elsif used.spend_micros >= quotas.spend_micros_max then
    raise exception 'the spend of this month is used up' using errcode = 'AN103';
  elsif spoken and used.storage_bytes >= quotas.storage_bytes_max then
    select coalesce((a.draft -> 'recording' ->> 'enabled')::boolean, false) into recorded
      from public.agents a
     where a.id = take_conversation_place.agent and a.workspace_id = quotas.workspace_id;
    if recorded then
      raise exception 'there is no room for another recording' using errcode = 'AN104';
    end if;
  end if;
end $$;

-- How long a conversation that begins now may last; null: as long as it likes.
create function public.minutes_left_ms() returns bigint
language sql volatile set search_path = '' as $$
  select greatest(q.minutes_max * 60000 - (select u.conversation_ms from public.quota_use() u), 0)
    from public.workspace_quotas q
   where q.workspace_id = (select public.current_workspace_id()) and q.minutes_max is not null
$$;

-- A document that would go beyond the quota is refused; one that gets smaller never is.
create function public.check_document_quota() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  room    bigint;
  before  bigint := 0;
begin
  if tg_op = 'UPDATE' then
    before := octet_length(old.source);
  end if;
  if octet_length(new.source) <= before then
    return new;
  end if;
  select q.storage_bytes_max into room from public.workspace_quotas q
   where q.workspace_id = new.workspace_id and q.storage_bytes_max is not null for update;
  if found and (select u.storage_bytes from public.quota_use() u)
               - before + octet_length(new.source) > room then
    raise exception 'there is no room for this document' using errcode = 'AN104';
  end if;
  return new;
end $$;
create trigger knowledge_documents_check_quota before insert or update of source
  on public.knowledge_documents for each row execute function public.check_document_quota();

revoke all on function public.usage_cost(uuid, text, text, text, date, bigint) from public;
revoke all on function public.quota_use() from public;
revoke all on function public.take_conversation_place(uuid, boolean) from public;
revoke all on function public.minutes_left_ms() from public;
revoke all on function public.check_document_quota() from public;
grant execute on function public.usage_cost(uuid, text, text, text, date, bigint) to antiphon_app;
grant execute on function public.quota_use() to antiphon_app;
grant execute on function public.take_conversation_place(uuid, boolean) to antiphon_app;
grant execute on function public.minutes_left_ms() to antiphon_app;
