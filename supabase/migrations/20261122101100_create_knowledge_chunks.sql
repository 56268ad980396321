-- A chunk is a quotable piece of a document with its vector. Vectors are plain real[]: search runs
-- in the server's own index, so the database needs no extension. model_id says which model made the
-- vector: vectors of two models are never compared. Nobody but the server reads them (no grant to
-- authenticated).
-- Rollback: drop table knowledge_chunks; the job makes them again from the documents.
create table public.knowledge_chunks (
  id                 uuid primary key default gen_random_uuid(),
  workspace_id       uuid not null,
  document_id        uuid not null,
  document_revision  integer not null,
  ordinal            integer not null check (ordinal >= 0),
  heading            text not null default '' check (length(heading) <= 400),
  text               text not null check (length(text) between 1 and 8000),
  embedding          real[] not null
    check (array_ndims(embedding) = 1 and cardinality(embedding) = 384
           and array_position(embedding, null) is null),
  content_sha256     bytea not null check (octet_length(content_sha256) = 32),
  model_id           text not null check (length(model_id) between 1 and 120),
  created_at         timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, document_id, ordinal),
  foreign key (workspace_id, document_id)
    references public.knowledge_documents (workspace_id, id) on delete cascade
);

create trigger knowledge_chunks_written_by_people_or_indexing
  before insert or update or delete on public.knowledge_chunks
  for each statement
  execute function public.require_principal_kind('user', 'api_key', 'worker', 'system');

alter table public.knowledge_chunks enable row level security;
alter table public.knowledge_chunks force row level security;
create policy knowledge_chunks_of_own_workspace on public.knowledge_chunks to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select, insert, delete on public.knowledge_chunks to antiphon_app;
