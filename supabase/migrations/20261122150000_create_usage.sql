-- What conversations use of the providers: what a bill and the quotas are made from.
--
-- The journal writes a record once however often it sends it: the key is (conversation, kind,
-- provider, model, sequence), with the date on which the conversation began, which partitions the
-- table as it does messages. There is no foreign key to the conversation: what was used stays when
-- a conversation is erased. Records hold no words and nothing of a person. A day's sums are kept
-- beside them, in the transaction that adds a record, so that a quota is a look at a few rows.
-- A record counts on the day (UTC) on which its conversation began.
-- Rollback: drop table usage_records cascade, usage_days; drop the functions; loses what was used.
create table public.usage_records (
  workspace_id             uuid not null references public.workspaces (id) on delete cascade,
  conversation_id          uuid not null,
  conversation_started_on  date not null,
  kind                     text not null check (kind ~ '^[a-z][a-z_]{0,63}$'),
  provider                 text not null check (length(provider) <= 64),
  model                    text not null check (length(model) <= 128),
  sequence                 bigint not null check (sequence >= 0),
  quantity                 bigint not null check (quantity > 0),
  agent_id                 uuid not null,  -- all zero: none
  occurred_at              timestamptz not null,
  primary key (workspace_id, conversation_id, conversation_started_on, kind, provider, model,
               sequence)
) partition by range (conversation_started_on);

create trigger usage_records_written_by_the_journal before insert on public.usage_records
  for each statement execute function public.require_principal_kind('system');

alter table public.usage_records enable row level security;
alter table public.usage_records force row level security;
create policy usage_records_of_own_workspace on public.usage_records to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy usage_records_of_member on public.usage_records for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, insert on public.usage_records to antiphon_app;
grant select on public.usage_records to authenticated;

create table public.usage_records_default partition of public.usage_records default;
select public.copy_row_security('public.usage_records', 'public.usage_records_default');

create table public.usage_days (
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  day           date not null,
  agent_id      uuid not null,
  kind          text not null,
  provider      text not null,
  model         text not null,
  quantity      bigint not null check (quantity > 0),
  primary key (workspace_id, day, agent_id, kind, provider, model)
);

alter table public.usage_days enable row level security;
alter table public.usage_days force row level security;
create policy usage_days_of_own_workspace on public.usage_days to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy usage_days_of_member on public.usage_days for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select on public.usage_days to antiphon_app;
grant select on public.usage_days to authenticated;

-- Of the rows that were really added; in the order of the key, so that two writers who add to the
-- same sums never wait for each other in a circle.
create function public.sum_usage() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.usage_days as d
    (workspace_id, day, agent_id, kind, provider, model, quantity)
  select a.workspace_id, a.conversation_started_on, a.agent_id, a.kind, a.provider, a.model,
         sum(a.quantity)
    from added a
   group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
  on conflict (workspace_id, day, agent_id, kind, provider, model)
    do update set quantity = d.quantity + excluded.quantity;
  return null;
end $$;
revoke all on function public.sum_usage() from public;
create trigger usage_records_sum after insert on public.usage_records
  referencing new table as added
  for each statement execute function public.sum_usage();

select public.ensure_month_partitions(3);
