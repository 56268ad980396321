// Lets signed-in people in and shows everybody else the door.
//
// A session that ends while somebody types leaves the page as it is: a dialog over it signs the same
// person in again, so that nothing typed is lost.
import { useQueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { api, forgetKey, setCsrfToken, storedKey } from '../api/client';
import { Dialog } from '../ui/Dialog';
import { Failed, Loading } from '../ui/states';
import type { Loaded } from './load-session';
import { loadSession } from './load-session';
import { SessionContext } from './session';

interface Props {
  SignIn: ComponentType<{ email: string; done: () => void }>;
  FirstWorkspace: ComponentType;
}

export function SessionGate({ SignIn, FirstWorkspace }: Props) {
  const [loaded, setLoaded] = useState<Loaded | null | undefined>(undefined);
  const [failure, setFailure] = useState<unknown>(null);
  const [expired, setExpired] = useState(false);
  const queries = useQueryClient();
  const location = useLocation();

  const refresh = useCallback(async () => {
    try {
      setLoaded(await loadSession());
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
  }, []);
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- it sets state when the answer is here
    void refresh();
  }, [refresh]);
  useEffect(() => {
    const lost = () => setExpired(true);
    addEventListener('antiphon:signed-out', lost);
    return () => removeEventListener('antiphon:signed-out', lost);
  }, []);

  const value = useMemo(
    () =>
      loaded && {
        ...loaded,
        refresh,
        switchTo: async (workspace: string) => {
          await api.put('/api/session/workspace', { workspace });
          queries.clear();
          await refresh();
        },
        signOut: async () => {
          if (storedKey()) forgetKey();
          else await api.remove('/api/session');
          setCsrfToken('');
          queries.clear();
          setLoaded(null);
          setExpired(false);
        },
      },
    [loaded, queries, refresh],
  );

  if (failure && !loaded) {
    return (
      <div className="door">
        <main>
          <Failed whole error={failure} again={() => void refresh()} />
        </main>
      </div>
    );
  }
  if (loaded === undefined) return <Loading rows={0} />;
  if (!value) {
    return <Navigate to="/signin" replace state={{ from: location.pathname + location.search }} />;
  }
  const back = () => {
    setExpired(false);
    void refresh();
  };
  return (
    <SessionContext value={value}>
      {value.workspace ? <Outlet /> : <FirstWorkspace />}
      {expired && (
        <Dialog title="Sign in again" onClose={() => setExpired(false)}>
          <p className="quiet">Your session has ended. What you typed is still here.</p>
          <SignIn email={value.person?.email ?? ''} done={back} />
        </Dialog>
      )}
    </SessionContext>
  );
}
