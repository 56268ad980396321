-- A canary: a share of the conversations of an agent runs on a version that is not the published
-- one yet, until it is published or taken back. Two columns of the agent, so that a conversation
-- finds both where it finds the published version.
-- Rollback: drop the two columns; every conversation runs on the published version again.
alter table public.agents
  add column canary_version_id uuid,
  add column canary_percent integer not null default 0 check (canary_percent between 0 and 99),
  -- Three columns, so that an agent can try none but its own version.
  add constraint agents_canary_version
    foreign key (workspace_id, id, canary_version_id)
    references public.agent_versions (workspace_id, agent_id, id)
    on delete set null (canary_version_id);

grant update (canary_version_id, canary_percent) on public.agents to antiphon_app;
