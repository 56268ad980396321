// Keys for programs: shown once, revoked at once.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { api, messageOf, segment } from '../../api/client';
import type { KeyList, KeyOutput, NewKeyOutput, Role } from '../../api/contract';
import { useMay } from '../../session/session';
import { CopyOnce } from '../../ui/CopyOnce';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { ago } from '../../ui/format';
import { ROLES } from '../../ui/roles';
import { Empty, Failed, Loading } from '../../ui/states';
import { useToast } from '../../ui/toast';

function NewKey({ onClose, done }: { onClose: () => void; done: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const [made, setMade] = useState<NewKeyOutput | null>(null);
  const [fault, setFault] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      setMade(await api.post<NewKeyOutput>('/api/keys', { name: name.trim(), role }));
      done();
    } catch (error) {
      setFault(messageOf(error));
    }
  }
  if (made) {
    return (
      <Dialog title="Copy the key now" onClose={onClose}>
        <CopyOnce label="API key" text={made.key} />
        <p className="small quiet">It is shown here and never again.</p>
      </Dialog>
    );
  }
  return (
    <Dialog title="New API key" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label="Name" hint="What it is for, such as “nightly report”." fault={fault}>
          {(ids) => (
            <input
              {...ids}
              value={name}
              maxLength={120}
              onChange={(event) => setName(event.target.value)}
              required
            />
          )}
        </Field>
        <Field label="Role" hint={ROLES[role]}>
          {(ids) => (
            <select {...ids} value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {Object.keys(ROLES).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <footer>
          <button className="button primary">Make the key</button>
        </footer>
      </form>
    </Dialog>
  );
}

function Row({ item, refresh }: { item: KeyOutput; refresh: () => void }) {
  const may = useMay('keys:write');
  const toast = useToast();
  const [sure, setSure] = useState(false);
  const revoke = () =>
    api
      .remove(`/api/keys/${segment(item.id)}`)
      .then(refresh, (error: unknown) => toast({ text: messageOf(error) }));
  return (
    <li>
      <div className="grow">
        <p className="clip">{item.name}</p>
        <p className="small quiet">
          <span className="mono">{item.prefix}…</span> · {item.role}
        </p>
      </div>
      <span className="small quiet">
        {item.last_used_at ? `used ${ago(item.last_used_at)}` : 'never used'}
      </span>
      {item.revoked_at && <span className="badge bad">revoked</span>}
      {!item.revoked_at && may && (
        <button
          className="button plain danger"
          aria-label={`${sure ? 'Really revoke' : 'Revoke'} ${item.name}`}
          onClick={() => (sure ? void revoke() : setSure(true))}
          onBlur={() => setSure(false)}
        >
          {sure ? 'Really revoke' : 'Revoke'}
        </button>
      )}
    </li>
  );
}

export function Keys() {
  const queries = useQueryClient();
  const may = useMay('keys:write');
  const [making, setMaking] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['keys'],
    queryFn: () => api.get<KeyList>('/api/keys', { query: { limit: 200 } }),
  });
  const refresh = () => void queries.invalidateQueries({ queryKey: ['keys'] });
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <section className="stack">
      <div className="row spread">
        <h2>API keys</h2>
        {may && (
          <button className="button primary" onClick={() => setMaking(true)}>
            New key
          </button>
        )}
      </div>
      {data.items.length > 0 ? (
        <ul className="list" aria-label="API keys">
          {data.items.map((item) => (
            <Row key={item.id} item={item} refresh={refresh} />
          ))}
        </ul>
      ) : (
        <Empty title="No key yet">
          <p>Programs use a key to call the API as one of the roles.</p>
        </Empty>
      )}
      {making && <NewKey onClose={() => setMaking(false)} done={refresh} />}
    </section>
  );
}
