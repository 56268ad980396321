// Who changed what, newest first, and whether the log is as it was written.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import type { AuditList, AuditVerdictOutput } from '../../api/contract';
import { dateTime, plain } from '../../ui/format';
import { Failed, Loading } from '../../ui/states';

function Verdict() {
  const [asked, setAsked] = useState(false);
  const { data, isFetching } = useQuery({
    queryKey: ['audit', 'verdict'],
    queryFn: () => api.get<AuditVerdictOutput>('/api/audit/verdict'),
    enabled: asked,
  });
  return (
    <span className="row" role="status">
      {data && (
        <span className={`badge ${data.sound ? 'good' : 'bad'}`}>
          {data.sound
            ? `${data.entries} entries, none changed`
            : `entry ${data.broken_at} is not what was written`}
        </span>
      )}
      <button className="button" disabled={isFetching} onClick={() => setAsked(true)}>
        Check the log
      </button>
    </span>
  );
}

export function AuditLog() {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['audit', 'list'],
    queryFn: ({ pageParam }) =>
      api.get<AuditList>('/api/audit', { query: { limit: 100, before: pageParam } }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next_before,
  });
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const items = data.pages.flatMap((page) => page.items);
  return (
    <section className="stack">
      <div className="row spread">
        <h2>Audit log</h2>
        <Verdict />
      </div>
      {items.length === 0 && <p className="quiet">Nothing has been changed yet.</p>}
      {items.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Changes">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {items.map((entry) => (
                <tr key={entry.sequence}>
                  <td>{dateTime(entry.occurred_at)}</td>
                  <td>
                    {plain(entry.principal_kind)}
                    <br />
                    <span className="mono quiet">{entry.principal_id.slice(0, 8)}</span>
                  </td>
                  <td>
                    {entry.action} {plain(entry.object_kind)}
                    <br />
                    <span className="mono quiet">{entry.object_id.slice(0, 8)}</span>
                  </td>
                  <td className="mono">{entry.address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage && (
        <button className="button" onClick={() => void fetchNextPage()}>
          Older entries
        </button>
      )}
    </section>
  );
}
