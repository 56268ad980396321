// Conversations, newest first; only the rows in view are in the page, however many there are.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { ConversationOutput, ConversationStatus } from '../../api/contract';
import { dateTime, lengthOf, plain } from '../../ui/format';
import { Empty, Failed, Loading } from '../../ui/states';
import { useShortcuts } from '../../ui/useShortcuts';
import { useTitle } from '../../ui/useTitle';
import { useAgentNames, useConversations } from './conversation-api';

const ROW_PX = 64;
const STATUSES: readonly ConversationStatus[] = ['active', 'ended', 'failed'];
const LOOKS = { active: 'live', ended: 'good', failed: 'bad' } as const;

function Row({ item, name }: { item: ConversationOutput; name: string }) {
  return (
    <>
      <div className="grow">
        <Link to={`/conversations/${item.id}`}>{dateTime(item.started_at)}</Link>
        <p className="small quiet clip" dir="auto">
          {name}
        </p>
      </div>
      <span className="small quiet wide-only">
        {item.mode === 'voice' ? 'spoken' : 'typed'}, {item.channel}
      </span>
      <span className="small length-cell">{lengthOf(item.started_at, item.ended_at)}</span>
      <span className={`badge ${LOOKS[item.status]} state-cell`}>
        {item.end_reason ? plain(item.end_reason) : item.status}
      </span>
    </>
  );
}

function Rows({ items, names, more }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: top,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 20) more();
  }, [items.length, last, more]);
  return (
    <ul
      className="list virtual"
      aria-label="Conversations"
      ref={list}
      style={{ height: rows.getTotalSize() }}
    >
      {shown.map(({ index, start, key }) => {
        const item = items[index];
        if (!item) return null;
        return (
          <li
            key={key}
            aria-posinset={index + 1}
            aria-setsize={items.length}
            style={{ transform: `translateY(${start - top}px)`, height: ROW_PX }}
          >
            <Row item={item} name={names[item.agent] ?? 'Agent'} />
          </li>
        );
      })}
    </ul>
  );
}

interface RowsProps {
  items: readonly ConversationOutput[];
  names: Record<string, string>;
  more: () => void;
}

export function ListPage() {
  useTitle('Conversations');
  const [parameters, setParameters] = useSearchParams();
  const [id, setId] = useState('');
  const navigate = useNavigate();
  const find = useRef<HTMLInputElement>(null);
  const names = useAgentNames();
  const agent = parameters.get('agent') ?? '';
  const status = STATUSES.find((known) => known === parameters.get('status')) ?? '';
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useConversations(
    {
      agent,
      status,
    },
  );
  useShortcuts({ '/': () => find.current?.focus() });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const change = (name: string, value: string) =>
    setParameters((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const more = () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };

  return (
    <>
      <header className="page-head">
        <div>
          <h1>Conversations</h1>
          <p>Everything callers and agents said, and what was heard of it.</p>
        </div>
      </header>
      <div className="filters">
        <select
          aria-label="Agent"
          value={agent}
          onChange={(event) => change('agent', event.target.value)}
        >
          <option value="">Every agent</option>
          {Object.entries(names).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label="State"
          value={status}
          onChange={(event) => change('status', event.target.value)}
        >
          <option value="">Every state</option>
          {STATUSES.map((known) => (
            <option key={known}>{known}</option>
          ))}
        </select>
        <form
          className="composer"
          onSubmit={(event) => {
            event.preventDefault();
            if (id.trim()) void navigate(`/conversations/${encodeURIComponent(id.trim())}`);
          }}
        >
          <input
            ref={find}
            aria-label="Open by id"
            placeholder="Open by id"
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
          <button className="button">Open</button>
        </form>
      </div>
      {error && <Failed error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {items.length > 0 && <Rows items={items} names={names} more={more} />}
      {data && items.length === 0 && (
        <Empty title={agent || status ? 'No conversation matches' : 'No conversation yet'}>
          <p>
            {agent || status
              ? 'Change the filters above.'
              : 'Open an agent and press Talk: the first one appears here.'}
          </p>
          {!agent && !status && (
            <Link className="button primary" to="/agents">
              Choose an agent
            </Link>
          )}
        </Empty>
      )}
    </>
  );
}
