import type { ComponentType } from 'react';
import { Navigate, NavLink, useParams } from 'react-router';
import { useSession } from '../../session/session';
import { useTitle } from '../../ui/useTitle';
import { Appearance } from './Appearance';
import { AuditLog } from './AuditLog';
import { Keys } from './Keys';
import { Members } from './Members';
import { Secrets } from './Secrets';
import { System } from './System';

const PAGES: Record<string, { label: string; scope: string; Page: ComponentType }> = {
  members: { label: 'Members', scope: 'members:read', Page: Members },
  keys: { label: 'API keys', scope: 'keys:read', Page: Keys },
  secrets: { label: 'Secrets', scope: 'secrets:read', Page: Secrets },
  audit: { label: 'Audit log', scope: 'audit:read', Page: AuditLog },
  system: { label: 'System', scope: '', Page: System },
  appearance: { label: 'Appearance', scope: '', Page: Appearance },
};

export function SettingsPage() {
  const { page = '' } = useParams();
  const { scopes } = useSession();
  const open = Object.entries(PAGES).filter(([, { scope }]) => !scope || scopes.includes(scope));
  const found = PAGES[page];
  useTitle(found?.label ?? 'Settings');
  if (!found) return <Navigate to={`/settings/${open[0]?.[0] ?? 'system'}`} replace />;
  const { Page } = found;
  return (
    <>
      <header className="page-head">
        <div>
          <h1>Settings</h1>
        </div>
      </header>
      <nav className="tabs" aria-label="Settings">
        {open.map(([name, { label }]) => (
          <NavLink key={name} to={`/settings/${name}`}>
            {label}
          </NavLink>
        ))}
      </nav>
      <Page />
    </>
  );
}
