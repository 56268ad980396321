// Finds out who is there: the key of a link, or the session's cookie.
import { api, ApiError, forgetKey, rememberKey, setCsrfToken, storedKey } from '../api/client';
import type {
  CurrentWorkspaceOutput,
  OwnWorkspaceList,
  OwnWorkspaceOutput,
  SessionOutput,
  WorkspaceOutput,
} from '../api/contract';

export interface Loaded {
  person: SessionOutput | null;
  workspace: WorkspaceOutput | null;
  role: string;
  scopes: readonly string[];
  workspaces: readonly OwnWorkspaceOutput[];
}

// True when the address held a key; it is taken out of it.
export function takeKeyFromAddress(): boolean {
  const key = new URLSearchParams(location.hash.slice(1)).get('key')?.trim();
  if (!key) return false;
  rememberKey(key);
  history.replaceState(null, '', location.pathname + location.search);
  return true;
}

export async function beginSession(accessToken: string): Promise<void> {
  forgetKey();
  const session = await api.post<SessionOutput>('/api/session', { access_token: accessToken });
  setCsrfToken(session.csrf_token ?? '');
}

async function workspaceHere(): Promise<CurrentWorkspaceOutput | null> {
  try {
    return await api.get<CurrentWorkspaceOutput>('/api/workspace');
  } catch (error) {
    // A person who belongs to no workspace yet, or has not chosen one.
    if (error instanceof ApiError && [403, 404, 409, 422].includes(error.status)) return null;
    throw error;
  }
}

// Null when nobody is signed in.
export async function loadSession(): Promise<Loaded | null> {
  try {
    if (storedKey()) {
      const here = await api.get<CurrentWorkspaceOutput>('/api/workspace');
      return { person: null, ...here, workspaces: [] };
    }
    const person = await api.get<SessionOutput>('/api/session');
    setCsrfToken(person.csrf_token ?? '');
    const { items } = await api.get<OwnWorkspaceList>('/api/workspaces');
    const open = items.filter(({ deleted_at }) => !deleted_at);
    let here = await workspaceHere();
    const [first] = open;
    if (!here && first) {
      await api.put('/api/session/workspace', { workspace: first.workspace.id });
      here = await workspaceHere();
    }
    return here
      ? { person, ...here, workspaces: open }
      : { person, workspace: null, role: '', scopes: [], workspaces: open };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    forgetKey();
    return null;
  }
}
