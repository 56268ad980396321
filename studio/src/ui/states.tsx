// What a page shows when it has nothing to show: yet, at all, or for this person.
import type { ReactNode } from 'react';
import { ApiError, messageOf } from '../api/client';

export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

function wordsFor(error: unknown): [string, string] {
  if (error instanceof ApiError && error.status === 403) {
    return ['You may not see this', 'Your role does not include it. An admin can change that.'];
  }
  if (error instanceof ApiError && error.status === 404) {
    return ['This is not there', 'It was deleted, or the link is of another workspace.'];
  }
  if (error instanceof ApiError && error.status === 0) return ['No connection', messageOf(error)];
  return ['That did not work', messageOf(error)];
}

interface FailedProps {
  error: unknown;
  again?: () => void;
  // In place of the whole page, whose heading it is then.
  whole?: boolean;
}

export function Failed({ error, again, whole }: FailedProps) {
  const [title, text] = wordsFor(error);
  const Heading = whole ? 'h1' : 'h2';
  return (
    <div className="empty" role="alert">
      <Heading>{title}</Heading>
      <p>{text}</p>
      {again && (
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
