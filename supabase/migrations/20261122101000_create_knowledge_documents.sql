-- A document is kept as it was given; chunks and vectors are made from it by a job and can be made
-- again. Whoever changes the source, the row itself says that the chunks are behind: status turns
-- to pending.
-- Rollback: drop table knowledge_documents cascade; loses the documents.
create table public.knowledge_documents (
  id                 uuid primary key default gen_random_uuid(),
  workspace_id       uuid not null,
  knowledge_base_id  uuid not null,
  title              text not null check (length(title) between 1 and 200),
  media_type         text not null check (media_type in ('text/plain', 'text/markdown')),
  source             text not null check (octet_length(source) <= 1048576),
  byte_count         integer not null generated always as (octet_length(source)) stored,
  content_sha256     bytea not null check (octet_length(content_sha256) = 32),
  status             text not null default 'pending'
    check (status in ('pending', 'ready', 'failed')),
  error              text check (length(error) <= 2000),
  chunk_count        integer not null default 0 check (chunk_count >= 0),
  revision           integer not null default 1,
  created_by         text not null default public.current_principal(),
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  unique (workspace_id, id),
  check ((status = 'failed') = (error is not null)),
  foreign key (workspace_id, knowledge_base_id)
    references public.knowledge_bases (workspace_id, id) on delete cascade
);
create index knowledge_documents_base
  on public.knowledge_documents (workspace_id, knowledge_base_id, created_at, id);

-- revision counts what people edit, not the progress of the job: a reader's ETag stays good
-- meanwhile.
create function public.note_document_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.content_sha256 := sha256(convert_to(new.source, 'UTF8'));
  if tg_op = 'UPDATE' then
    if (new.source, new.title, new.media_type)
       is distinct from (old.source, old.title, old.media_type) then
      new.revision := old.revision + 1;
      new.status := 'pending';
      new.error := null;
    end if;
    new.updated_at := now();
  end if;
  return new;
end $$;
revoke all on function public.note_document_change() from public;
create trigger knowledge_documents_note_change before insert or update on public.knowledge_documents
  for each row execute function public.note_document_change();
create trigger knowledge_documents_written_by_people_or_indexing
  before insert or update or delete on public.knowledge_documents
  for each statement
  execute function public.require_principal_kind('user', 'api_key', 'worker', 'system');

alter table public.knowledge_documents enable row level security;
alter table public.knowledge_documents force row level security;
create policy knowledge_documents_of_own_workspace on public.knowledge_documents to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy knowledge_documents_of_member on public.knowledge_documents
  for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, delete on public.knowledge_documents to antiphon_app;
grant insert (id, workspace_id, knowledge_base_id, title, media_type, source)
  on public.knowledge_documents to antiphon_app;
grant update (title, media_type, source, status, error, chunk_count)
  on public.knowledge_documents to antiphon_app;
grant select on public.knowledge_documents to authenticated;
