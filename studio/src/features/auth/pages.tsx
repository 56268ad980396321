// The pages in front of the studio: sign in, register, recover.
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { messageOf } from '../../api/client';
import { Field } from '../../ui/Field';
import { useTitle } from '../../ui/useTitle';
import { askForRecovery, choosePassword, register } from './accounts';
import { SignInForm } from './SignInForm';

function Door({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <div className="door">
      <main>
        <p className="brand">
          <img src="/icon.svg" alt="" /> Antiphon
        </p>
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}

// Only a path of this studio.
function cameFrom(state: unknown): string {
  const from = (state as { from?: unknown } | null)?.from;
  return typeof from === 'string' && /^\/(?!\/)/.test(from) ? from : '/agents';
}

export function SignInPage() {
  const navigate = useNavigate();
  const { state } = useLocation();
  return (
    <Door title="Sign in">
      <SignInForm email="" done={() => void navigate(cameFrom(state), { replace: true })} />
      <p className="small quiet row spread">
        <Link to="/register">Make an account</Link>
        <Link to="/recover">Forgot your password?</Link>
      </p>
    </Door>
  );
}

interface AccountProps {
  label: string;
  asksFor: 'both' | 'email' | 'password';
  act: (email: string, password: string) => Promise<void>;
}

function AccountForm({ label, asksFor, act }: AccountProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFault('');
    await act(email, password).catch((error: unknown) => setFault(messageOf(error)));
    setBusy(false);
  }
  return (
    <form className="stack" onSubmit={submit}>
      {asksFor !== 'password' && (
        <Field label="E-mail address" fault={asksFor === 'email' ? fault : ''}>
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
      )}
      {asksFor !== 'email' && (
        <Field label="Password" hint="At least 8 characters; a sentence works." fault={fault}>
          {(ids) => (
            <input
              {...ids}
              type="password"
              autoComplete="new-password"
              minLength={8}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              required
            />
          )}
        </Field>
      )}
      <button type="submit" className="button primary wide" disabled={busy}>
        {label}
      </button>
    </form>
  );
}

export function RegisterPage() {
  const navigate = useNavigate();
  const [mailed, setMailed] = useState('');
  if (mailed) {
    return (
      <Door title="Confirm your address">
        <p>We have sent a mail to {mailed}. Follow the link in it, then sign in.</p>
        <p className="small quiet">
          Without a mail server the mail is on the machine: <code>antiphon outbox --last</code>
        </p>
        <Link className="button" to="/signin">
          Sign in
        </Link>
      </Door>
    );
  }
  return (
    <Door title="Make an account">
      <AccountForm
        label="Make the account"
        asksFor="both"
        act={async (email, password) => {
          if (await register({ email, password })) await navigate('/agents', { replace: true });
          else setMailed(email);
        }}
      />
      <p className="small quiet">
        You have one? <Link to="/signin">Sign in</Link>
      </p>
    </Door>
  );
}

export function RecoverPage() {
  const navigate = useNavigate();
  const [mailed, setMailed] = useState(false);
  // Left by the mailed link; gone with this tab.
  const [token] = useState(() => sessionStorage.getItem('antiphon.recovery'));
  if (token) {
    return (
      <Door title="Choose a new password">
        <AccountForm
          label="Save and sign in"
          asksFor="password"
          act={async (_, password) => {
            await choosePassword(token, password);
            sessionStorage.removeItem('antiphon.recovery');
            await navigate('/agents', { replace: true });
          }}
        />
      </Door>
    );
  }
  return (
    <Door title="Recover your account">
      {mailed ? (
        <p role="status">If the address has an account, a mail with a link is on its way to it.</p>
      ) : (
        <AccountForm
          label="Mail me a link"
          asksFor="email"
          act={async (email) => {
            await askForRecovery(email);
            setMailed(true);
          }}
        />
      )}
      <p className="small quiet">
        <Link to="/signin">Back to sign in</Link>
      </p>
    </Door>
  );
}
