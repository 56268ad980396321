// Who is signed in, what they may do and where.
import { createContext, useContext } from 'react';
import type { OwnWorkspaceOutput, SessionOutput, WorkspaceOutput } from '../api/contract';

export interface SignedIn {
  // Absent when a key of a link asks, which is nobody's.
  person: SessionOutput | null;
  workspace: WorkspaceOutput | null;
  role: string;
  scopes: readonly string[];
  workspaces: readonly OwnWorkspaceOutput[];
  refresh: () => Promise<void>;
  switchTo: (workspace: string) => Promise<void>;
  signOut: () => Promise<void>;
}

export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside of a signed-in page');
  return session;
}

export const useMay = (scope: string) => useSession().scopes.includes(scope);
