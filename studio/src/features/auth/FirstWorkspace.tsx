// For somebody who belongs to no workspace yet.
import type { FormEvent } from 'react';
import { useState } from 'react';
import { api, messageOf } from '../../api/client';
import type { WorkspaceOutput } from '../../api/contract';
import { useSession } from '../../session/session';
import { Field } from '../../ui/Field';
import { useTitle } from '../../ui/useTitle';

export function FirstWorkspace() {
  const session = useSession();
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  useTitle('Make your workspace');
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFault('');
    try {
      const made = await api.post<WorkspaceOutput>('/api/workspaces', { name: name.trim() });
      await session.switchTo(made.id);
    } catch (error) {
      setFault(messageOf(error));
    }
    setBusy(false);
  }
  return (
    <div className="door">
      <main>
        <p className="brand">
          <img src="/icon.svg" alt="" /> Antiphon
        </p>
        <h1>Make your workspace</h1>
        <p className="quiet">
          A workspace holds your agents, their conversations and the people you work with. If
          somebody invited you, follow the link in their mail instead.
        </p>
        <form className="stack" onSubmit={submit}>
          <Field label="Name" hint="Your company or team." fault={fault}>
            {(ids) => (
              <input
                {...ids}
                value={name}
                onChange={(event) => setName(event.target.value)}
                maxLength={120}
                required
              />
            )}
          </Field>
          <button type="submit" className="button primary wide" disabled={busy}>
            Make the workspace
          </button>
          <button
            type="button"
            className="button plain wide"
            onClick={() => void session.signOut()}
          >
            Sign out
          </button>
        </form>
      </main>
    </div>
  );
}
