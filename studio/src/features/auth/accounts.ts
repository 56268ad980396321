// Signing in, registering and recovering at /auth/v1, which answers as Supabase Auth does.
import { api, ApiError, segment } from '../../api/client';
import { beginSession } from '../../session/load-session';

interface Tokens {
  access_token?: string;
  user?: { factors?: { id: string; status: string; factor_type: string }[] };
}

export interface Credentials {
  email: string;
  password: string;
}

// What still stands between a right password and being signed in.
export interface SecondFactor {
  accessToken: string;
  factor: string;
}

const withToken = async <T>(path: string, token: string, body: unknown = {}): Promise<T> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { msg } = answer as { msg?: string };
  throw new ApiError(response.status, msg ?? `The server answered with ${response.status}.`);
};

export async function signIn(credentials: Credentials): Promise<SecondFactor | null> {
  const tokens = await api.post<Tokens>('/auth/v1/token?grant_type=password', credentials);
  const accessToken = tokens.access_token ?? '';
  const factor = tokens.user?.factors?.find(
    ({ status, factor_type }) => status === 'verified' && factor_type === 'totp',
  );
  if (factor) return { accessToken, factor: factor.id };
  await beginSession(accessToken);
  return null;
}

export async function verify({ accessToken, factor }: SecondFactor, code: string): Promise<void> {
  const path = `/auth/v1/factors/${segment(factor)}`;
  const { id } = await withToken<{ id: string }>(`${path}/challenge`, accessToken);
  const verified = await withToken<Tokens>(`${path}/verify`, accessToken, {
    challenge_id: id,
    code: code.replaceAll(' ', ''),
  });
  await beginSession(verified.access_token ?? '');
}

// False when the address has to be confirmed by a mail first.
export async function register(credentials: Credentials): Promise<boolean> {
  const made = await api.post<Tokens>('/auth/v1/signup', credentials);
  if (!made.access_token) return false;
  await beginSession(made.access_token);
  return true;
}

export const askForRecovery = (email: string) => api.post('/auth/v1/recover', { email });

export async function choosePassword(accessToken: string, password: string): Promise<void> {
  const response = await fetch('/auth/v1/user', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ password }),
  });
  if (!response.ok) {
    const { msg }: { msg?: string } = await response.json().catch(() => ({}));
    throw new ApiError(response.status, msg ?? 'The password was not changed.');
  }
  await beginSession(accessToken);
}

export interface MailedLink {
  kind: 'recovery' | 'signed-in' | 'failed';
  accessToken: string;
  words: string;
}

// What a mailed link left behind # in the address; it is taken out of it.
export function takeMailedLink(): MailedLink | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const accessToken = fragment.get('access_token') ?? '';
  const words = fragment.get('error_description') ?? '';
  if (!accessToken && !words) return null;
  history.replaceState(null, '', location.pathname + location.search);
  if (!accessToken) return { kind: 'failed', accessToken, words };
  const kind = fragment.get('type') === 'recovery' ? 'recovery' : 'signed-in';
  return { kind, accessToken, words };
}
