-- Who stored, replaced or removed a secret stands in the audit log, as of everything else that
-- people change. The log never holds a value, sealed or not, nor the characters shown of it.
-- Rollback: drop trigger audit_row on public.secrets, drop trigger audit_lock on public.secrets;
-- keeps the entries that were written.
create trigger audit_lock before insert or update or delete on public.secrets
  for each statement execute function public.lock_audit_chain();
create trigger audit_row after insert or update or delete on public.secrets
  for each row execute function public.audit_row('sealed,hint', 'revision,updated_at');
