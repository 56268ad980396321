-- Tables that nobody references and that grow are partitioned by month, so that retention drops a
-- table instead of deleting rows. PostgreSQL checks the policies of the table that a query names,
-- so a partition would be an open side door: each gets the parent's policies, forced, and no
-- grants.
-- Rollback: drop the functions; existing partitions stay, later months land in the default
-- partitions.

-- Gives a partition the policies of its parent and takes away what default privileges gave.
create function public.copy_row_security(parent regclass, child regclass) returns void
language plpgsql set search_path = '' as $$
declare
  policy record;
begin
  execute format('alter table %s enable row level security', child);
  execute format('alter table %s force row level security', child);
  execute format('revoke all on %s from public, anon, authenticated', child);
  for policy in
    select p.polname as name,
           case when p.polpermissive then 'permissive' else 'restrictive' end as kind,
           case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                         when 'd' then 'delete' else 'all' end as command,
           (select string_agg(quote_ident(r.rolname), ', ' order by r.rolname)
              from pg_catalog.pg_roles r where r.oid = any (p.polroles)) as roles,
           pg_catalog.pg_get_expr(p.polqual, p.polrelid) as qualification,
           pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as with_check
      from pg_catalog.pg_policy p
     where p.polrelid = parent
  loop
    execute format('create policy %I on %s as %s for %s to %s', policy.name, child, policy.kind,
                   policy.command, coalesce(policy.roles, 'public'))
            || coalesce(' using (' || policy.qualification || ')', '')
            || coalesce(' with check (' || policy.with_check || ')', '');
  end loop;
end $$;

-- Makes one month of one table; false when it is there. Rows of that month that already landed in
-- the default partition move over.
create function public.create_month_partition(parent regclass, month date) returns boolean
language plpgsql set search_path = '' as $$
declare
  month_first  date := date_trunc('month', month)::date;
  month_next   date := (date_trunc('month', month) + interval '1 month')::date;
  parent_name  text := (select relname from pg_catalog.pg_class where oid = parent);
  child_name   text := parent_name || to_char(month_first, '"_"YYYY"_"MM');
  child        text := format('public.%I', child_name);
  fallback     text := format('public.%I', parent_name || '_default');
  key          text;
  referenced   regclass;
begin
  if to_regclass(child) is not null then
    return false;
  end if;
  select a.attname into strict key
    from pg_catalog.pg_partitioned_table p
    join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
   where p.partrelid = parent;
  -- Attaching locks the referenced tables and then the default partition. Taken in the order in
  -- which a writer takes them (conversation first, then its messages), nobody deadlocks.
  for referenced in
    select distinct c.confrelid::regclass from pg_catalog.pg_constraint c
     where c.conrelid = parent and c.contype = 'f'
  loop
    execute format('lock table %s in share row exclusive mode', referenced);
  end loop;
  execute format('lock table %s in access exclusive mode', fallback);
  execute format('create table %s (like %s including defaults including constraints '
                 'including storage)', child, parent);
  execute format('with moved as (delete from %s where %I >= %L and %I < %L returning *) '
                 'insert into %s select * from moved',
                 fallback, key, month_first, key, month_next, child);
  perform public.copy_row_security(parent, child::regclass);
  execute format('alter table %s attach partition %s for values from (%L) to (%L)',
                 parent, child, month_first, month_next);
  return true;
end $$;

-- Called by the server when it starts and once a day: makes this month and the next ones, returns
-- how many it made. A writer that holds a lock for two seconds wins; the next call tries again.
create function public.ensure_month_partitions(months_ahead integer default 3) returns integer
language plpgsql security definer set search_path = '' set lock_timeout = '2s' as $$
declare
  parent  text;
  month   date;
  made    integer := 0;
begin
  if months_ahead is null or months_ahead not between 0 and 24 then
    raise exception 'months_ahead must be between 0 and 24'
      using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtext('antiphon.month_partitions'));
  foreach parent in array array['public.messages', 'public.conversation_events'] loop
    for month in
      select date_trunc('month', (now() at time zone 'UTC')) + make_interval(months => i)
        from generate_series(0, months_ahead) i
    loop
      if public.create_month_partition(parent::regclass, month) then
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

revoke all on function public.copy_row_security(regclass, regclass) from public;
revoke all on function public.create_month_partition(regclass, date) from public;
revoke all on function public.ensure_month_partitions(integer) from public;
grant execute on function public.ensure_month_partitions(integer) to antiphon_app;
