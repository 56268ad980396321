// E-mail and password, then the code of an authenticator app where the account has one.
import type { FormEvent } from 'react';
import { useState } from 'react';
import { messageOf } from '../../api/client';
import { Field } from '../../ui/Field';
import type { SecondFactor } from './accounts';
import { signIn, verify } from './accounts';

interface Props {
  email: string;
  done: () => void;
}

export function SignInForm({ email: known, done }: Props) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [factor, setFactor] = useState<SecondFactor | null>(null);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFault('');
    try {
      const missing = factor ? await verify(factor, code) : await signIn({ email, password });
      if (missing) setFactor(missing);
      else done();
    } catch (error) {
      setFault(messageOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="stack" onSubmit={submit}>
      {factor ? (
        <Field label="Code" hint="Six digits, from your authenticator app." fault={fault}>
          {(ids) => (
            <input
              {...ids}
              value={code}
              onChange={(event) => setCode(event.target.value)}
              inputMode="numeric"
              autoComplete="one-time-code"
              required
            />
          )}
        </Field>
      ) : (
        <>
          <Field label="E-mail address">
            {(ids) => (
              <input
                {...ids}
                type="email"
                autoComplete="username"
                value={email}
                onChange={(event) => setEmail(event.target.value)}
                required
              />
            )}
          </Field>
          <Field label="Password" fault={fault}>
            {(ids) => (
              <input
                {...ids}
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                required
              />
            )}
          </Field>
        </>
      )}
      <button type="submit" className="button primary wide" disabled={busy}>
        {factor ? 'Continue' : 'Sign in'}
      </button>
    </form>
  );
}
