// What stands around every page: the rail, the offline banner, the palette.
import { lazy, Suspense, useEffect, useState } from 'react';
import { NavLink, Outlet, useNavigate } from 'react-router';
import { useSession } from './session/session';
import { THEMES, useTheme } from './session/theme';
import type { IconName } from './ui/Icon';
import { Icon } from './ui/Icon';
import { Loading } from './ui/states';
import { useShortcuts } from './ui/useShortcuts';

const Palette = lazy(() => import('./features/palette/Palette'));
const ShortcutSheet = lazy(() => import('./features/palette/ShortcutSheet'));

const PLACES: readonly [string, string, IconName][] = [
  ['/agents', 'Agents', 'agents'],
  ['/live', 'Live', 'live'],
  ['/conversations', 'Conversations', 'conversations'],
  ['/settings', 'Settings', 'settings'],
];

function useOnline() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online;
}

function Foot() {
  const session = useSession();
  const [theme, setTheme] = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  return (
    <div className="foot">
      {session.workspaces.length > 1 ? (
        <select
          aria-label="Workspace"
          value={session.workspace?.id}
          onChange={(event) => void session.switchTo(event.target.value)}
        >
          {session.workspaces.map(({ workspace }) => (
            <option key={workspace.id} value={workspace.id}>
              {workspace.name}
            </option>
          ))}
        </select>
      ) : (
        <p className="who clip">{session.workspace?.name}</p>
      )}
      <p className="who clip">{session.person?.email ?? 'Key of this machine'}</p>
      <button
        type="button"
        className="button plain"
        aria-label={`Theme: ${theme}. Change to ${next}`}
        onClick={() => setTheme(next)}
      >
        <Icon name="theme" />
        <span className="label">Theme: {theme}</span>
      </button>
      <button
        type="button"
        className="button plain"
        aria-label="Sign out"
        onClick={() => void session.signOut()}
      >
        <Icon name="out" />
        <span className="label">Sign out</span>
      </button>
    </div>
  );
}

export function Shell() {
  const [open, setOpen] = useState<'palette' | 'sheet' | null>(null);
  const online = useOnline();
  const navigate = useNavigate();
  useShortcuts({
    'mod+k': () => setOpen((shown) => (shown === 'palette' ? null : 'palette')),
    'mod+/': () => setOpen((shown) => (shown === 'sheet' ? null : 'sheet')),
    'g a': () => void navigate('/agents'),
    'g l': () => void navigate('/live'),
    'g c': () => void navigate('/conversations'),
    'g s': () => void navigate('/settings'),
    n: () => void navigate('/agents?new'),
  });
  const close = () => setOpen(null);
  return (
    <>
      <a href="#main" className="skip sr-only">
        Skip to content
      </a>
      {!online && (
        <p className="banner" role="status">
          You are offline. What you type is kept here and can be saved when the connection is back.
        </p>
      )}
      <div className="shell">
        <header className="rail">
          <p className="brand">
            <img src="/icon.svg" alt="" /> Antiphon
          </p>
          <button type="button" className="button search" onClick={() => setOpen('palette')}>
            <Icon name="search" /> <span className="grow">Search</span> <kbd>Ctrl K</kbd>
          </button>
          <nav aria-label="Main">
            {PLACES.map(([to, label, icon]) => (
              <NavLink key={to} to={to}>
                <Icon name={icon} /> {label}
              </NavLink>
            ))}
          </nav>
          <Foot />
        </header>
        <main id="main" className="page" tabIndex={-1}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Suspense>
        {open === 'palette' && <Palette close={close} sheet={() => setOpen('sheet')} />}
        {open === 'sheet' && <ShortcutSheet close={close} />}
      </Suspense>
    </>
  );
}
