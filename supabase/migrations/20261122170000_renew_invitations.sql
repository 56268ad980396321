-- An invitation whose mail was lost is mailed again: with another token, because only the hash of
-- the first one is kept, and for seven days from then. Who may is guard_invitation's, as before.
-- Rollback: revoke update (token_hash, expires_at) on public.invitations from antiphon_app; loses
-- nothing.
grant update (token_hash, expires_at) on public.invitations to antiphon_app;
