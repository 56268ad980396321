// Every route of the studio; kRoutes of server/src/app/studio_pages.cpp answers the same ones.
import type { ComponentType } from 'react';
import { createBrowserRouter, Link, redirect } from 'react-router';
import { messageOf } from './api/client';
import { takeMailedLink } from './features/auth/accounts';
import { FirstWorkspace } from './features/auth/FirstWorkspace';
import { RecoverPage, RegisterPage, SignInPage } from './features/auth/pages';
import { SignInForm } from './features/auth/SignInForm';
import { beginSession } from './session/load-session';
import { SessionGate } from './session/SessionGate';
import { Shell } from './Shell';
import { Loading } from './ui/states';

const page = (load: () => Promise<Record<string, ComponentType>>, name: string) => async () => ({
  Component: (await load())[name] ?? NotFound,
});

function NotFound() {
  return (
    <div className="empty">
      <h1>There is nothing here</h1>
      <p>The address may be mistyped.</p>
      <Link className="button" to="/agents">
        Go to your agents
      </Link>
    </div>
  );
}

function Broken() {
  return (
    <div className="door">
      <main>
        <h1>This page failed</h1>
        <p className="quiet">What you saved is safe. Load the page again.</p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    </div>
  );
}

// Where a mailed link and the plain address of the server arrive.
async function arrive() {
  const link = takeMailedLink();
  if (link?.kind === 'recovery') {
    sessionStorage.setItem('antiphon.recovery', link.accessToken);
    return redirect('/recover');
  }
  if (link?.kind === 'signed-in') {
    await beginSession(link.accessToken).catch((error: unknown) => console.warn(messageOf(error)));
  }
  return redirect('/agents');
}

export const router = createBrowserRouter([
  { path: '/', loader: arrive, HydrateFallback: () => <Loading rows={0} /> },
  { path: '/signin', element: <SignInPage />, errorElement: <Broken /> },
  { path: '/register', element: <RegisterPage />, errorElement: <Broken /> },
  { path: '/recover', element: <RecoverPage />, errorElement: <Broken /> },
  {
    element: <SessionGate SignIn={SignInForm} FirstWorkspace={FirstWorkspace} />,
    errorElement: <Broken />,
    HydrateFallback: () => <Loading rows={0} />,
    children: [
      {
        element: <Shell />,
        children: [
          {
            path: '/agents',
            lazy: page(() => import('./features/agents/AgentsPage'), 'AgentsPage'),
          },
          {
            path: '/agents/:agent',
            lazy: page(() => import('./AgentDesk'), 'AgentDesk'),
          },
          { path: '/live', lazy: page(() => import('./features/live/LivePage'), 'LivePage') },
          {
            path: '/conversations',
            lazy: page(() => import('./features/conversations/ListPage'), 'ListPage'),
          },
          {
            path: '/conversations/:conversation',
            lazy: page(() => import('./features/conversations/OnePage'), 'OnePage'),
          },
          {
            path: '/settings/:page?',
            lazy: page(() => import('./features/settings/SettingsPage'), 'SettingsPage'),
          },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
]);
