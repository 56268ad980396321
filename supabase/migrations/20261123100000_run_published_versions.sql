-- Conversations run on the version of their agent that is published, and on the draft where none
-- is. Until now they ran on the draft whatever was published, and what was published came with the
-- demo workspace, not from a person. So nothing is published by this file's end that nobody chose,
-- and each agent goes on as it did.
-- Rollback: none is needed; what the demo agent had as published was not used.
update public.agents a
   set published_version_id = null
  from public.agent_versions v
 where v.workspace_id = a.workspace_id and v.id = a.published_version_id
   and v.created_by !~ '^(user|api_key):';
