// Times and lengths as people read them.

export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const two = (value: number) => String(value).padStart(2, '0');
  const tail = `${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${tail}` : tail;
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

export function dateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

export function ago(iso: string, now = Date.now()): string {
  const minutes = Math.round((now - new Date(iso).getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`;
  return dateTime(iso);
}

export function lengthOf(started: string, ended: string | undefined): string {
  if (!ended) return '';
  return clock(new Date(ended).getTime() - new Date(started).getTime());
}

// "caller_hung_up" as words.
export const plain = (name: string) => name.replaceAll('_', ' ');

// A long list of names by how often: what was typed, without the marks that turn text around.
export const visible = (text: string) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
