// Passwords and keys of other services: written here, used by the server, never read again.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { api, messageOf, segment } from '../../api/client';
import type { SecretKind, SecretList } from '../../api/contract';
import { useMay } from '../../session/session';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { ago, plain } from '../../ui/format';
import { Empty, Failed, Loading } from '../../ui/states';
import { useToast } from '../../ui/toast';

const KINDS: readonly SecretKind[] = [
  'provider_key',
  'tool_secret',
  'sip_password',
  'webhook_secret',
];

function Store({ name: known, kind: given, onClose, done }: StoreProps) {
  const [name, setName] = useState(known);
  const [kind, setKind] = useState<SecretKind>(given);
  const [value, setValue] = useState('');
  const [fault, setFault] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await api.put(`/api/secrets/${segment(name.trim())}`, { kind, value });
      done();
      onClose();
    } catch (error) {
      setFault(messageOf(error));
    }
  }
  return (
    <Dialog title={known ? `Replace ${known}` : 'Store a secret'} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {!known && (
          <>
            <Field label="Name" hint="Lower-case letters, digits, - and _.">
              {(ids) => (
                <input
                  {...ids}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                  required
                />
              )}
            </Field>
            <Field label="Kind">
              {(ids) => (
                <select
                  {...ids}
                  value={kind}
                  onChange={(event) => setKind(event.target.value as SecretKind)}
                >
                  {KINDS.map((one) => (
                    <option key={one} value={one}>
                      {plain(one)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </>
        )}
        <Field label="Value" hint="It is sealed at once; nobody reads it again." fault={fault}>
          {(ids) => (
            <input
              {...ids}
              type="password"
              autoComplete="off"
              value={value}
              onChange={(event) => setValue(event.target.value)}
              required
            />
          )}
        </Field>
        <footer>
          <button className="button primary">Store</button>
        </footer>
      </form>
    </Dialog>
  );
}

interface StoreProps {
  name: string;
  kind: SecretKind;
  onClose: () => void;
  done: () => void;
}

export function Secrets() {
  const queries = useQueryClient();
  const toast = useToast();
  const may = useMay('secrets:write');
  const [storing, setStoring] = useState<{ name: string; kind: SecretKind } | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['secrets'],
    queryFn: () => api.get<SecretList>('/api/secrets', { query: { limit: 200 } }),
  });
  const refresh = () => void queries.invalidateQueries({ queryKey: ['secrets'] });
  const remove = (name: string) =>
    api
      .remove(`/api/secrets/${segment(name)}`)
      .then(refresh, (failure: unknown) => toast({ text: messageOf(failure) }));
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <section className="stack">
      <div className="row spread">
        <h2>Secrets</h2>
        {may && (
          <button
            className="button primary"
            onClick={() => setStoring({ name: '', kind: 'provider_key' })}
          >
            Store a secret
          </button>
        )}
      </div>
      {data.items.length > 0 ? (
        <ul className="list" aria-label="Secrets">
          {data.items.map(({ name, kind, hint, updated_at }) => (
            <li key={name}>
              <div className="grow">
                <p className="clip mono">{name}</p>
                <p className="small quiet">
                  {plain(kind)}
                  {hint && `, ends with ${hint}`}
                </p>
              </div>
              <span className="small quiet">stored {ago(updated_at)}</span>
              {may && (
                <>
                  <button
                    className="button plain"
                    aria-label={`Replace ${name}`}
                    onClick={() => setStoring({ name, kind })}
                  >
                    Replace
                  </button>
                  <button
                    className="button plain danger"
                    aria-label={`Remove ${name}`}
                    onClick={() => void remove(name)}
                  >
                    Remove
                  </button>
                </>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <Empty title="No secret yet">
          <p>Store the keys of other services here. They are sealed and never shown again.</p>
        </Empty>
      )}
      {storing && <Store {...storing} onClose={() => setStoring(null)} done={refresh} />}
    </section>
  );
}
