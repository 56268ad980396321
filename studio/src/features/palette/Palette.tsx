// Go anywhere by typing: pages, settings and agents.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import type { AgentList } from '../../api/contract';
import { Dialog } from '../../ui/Dialog';

interface Entry {
  label: string;
  about: string;
  act: () => void;
}

const SHOWN_MAX = 12;

export default function Palette({ close, sheet }: { close: () => void; sheet: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { data } = useQuery({
    queryKey: ['agents', 'names'],
    queryFn: () => api.get<AgentList>('/api/agents', { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  const go = (path: string) => () => {
    close();
    void navigate(path);
  };
  const all: Entry[] = [
    { label: 'New agent', about: 'from a template', act: go('/agents?new') },
    { label: 'Agents', about: 'G then A', act: go('/agents') },
    { label: 'Live', about: 'G then L', act: go('/live') },
    { label: 'Conversations', about: 'G then C', act: go('/conversations') },
    ...['Members', 'Keys', 'Secrets', 'Audit', 'System', 'Appearance'].map((label) => ({
      label,
      about: 'settings',
      act: go(`/settings/${label.toLowerCase()}`),
    })),
    { label: 'Shortcuts', about: 'all of them', act: sheet },
    ...(data?.items ?? []).map(({ name, slug }) => ({
      label: name,
      about: 'agent',
      act: go(`/agents/${slug}`),
    })),
  ];
  const wanted = text.trim().toLowerCase();
  const found = all
    .filter(({ label, about }) => `${label} ${about}`.toLowerCase().includes(wanted))
    .slice(0, SHOWN_MAX);
  const chosen = Math.min(at, found.length - 1);
  const move = (step: number) => setAt((chosen + step + found.length) % Math.max(1, found.length));
  return (
    <Dialog title="Search" onClose={close}>
      <input
        role="combobox"
        aria-label="Where to"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={found.length > 0 ? `palette-${chosen}` : undefined}
        autoComplete="off"
        placeholder="Type a page or an agent"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') move(1);
          else if (event.key === 'ArrowUp') move(-1);
          else if (event.key === 'Enter') found[chosen]?.act();
          else return;
          event.preventDefault();
        }}
      />
      <ul className="palette" id="palette" role="listbox" aria-label="Found">
        {found.map(({ label, about, act }, index) => (
          // The text field handles the keys (combobox pattern).
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={`${label} ${index}`}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={act}
          >
            <span className="clip" dir="auto">
              {label}
            </span>
            <span className="small quiet">{about}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="quiet">Nothing has this name.</p>}
    </Dialog>
  );
}
