// Asks the server, as whoever is signed in: with the session's cookie, or with the key of a link.
//
// The key arrives in the fragment of a link, which browsers never send, and lives in sessionStorage:
// this tab only, gone when it closes. It is the key that the page at /try uses too.
import type { Problem } from './contract';

const KEY = 'antiphon.key';
let csrfToken = '';

export const storedKey = () => sessionStorage.getItem(KEY);
export const forgetKey = () => sessionStorage.removeItem(KEY);
export const rememberKey = (key: string) => sessionStorage.setItem(KEY, key);
export const setCsrfToken = (token: string) => {
  csrfToken = token;
};

// `status` is 0 when the server could not be reached at all.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly issues: readonly { pointer: string; message: string }[] = [],
    readonly code = '',
  ) {
    super(message);
  }
}

export interface RequestOptions {
  body?: unknown;
  query?: Record<string, string | number | undefined>;
  revision?: number;
  signal?: AbortSignal;
}

export function addressOf(path: string, query: RequestOptions['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

function headersOf(method: string, options: RequestOptions): Headers {
  const headers = new Headers({ Accept: 'application/json' });
  const key = storedKey();
  if (key) headers.set('Authorization', `Bearer ${key}`);
  else if (method !== 'GET' && csrfToken) headers.set('Antiphon-Csrf', csrfToken);
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  if (options.revision !== undefined) headers.set('If-Match', `"${options.revision}"`);
  return headers;
}

async function failureOf(response: Response): Promise<ApiError> {
  const problem: Partial<Problem> & { msg?: string } = await response.json().catch(() => ({}));
  const issues = problem.issues ?? [];
  const words = problem.detail || problem.msg || problem.title;
  const said = [words, ...issues.map(({ pointer, message }) => `${pointer}: ${message}`)];
  const text = said.filter(Boolean).join(' ') || `The server answered with ${response.status}.`;
  return new ApiError(response.status, text, issues, problem.code);
}

// The answer itself; an ApiError for everything that is not a success.
export async function send(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(addressOf(path, options.query), {
      method,
      headers: headersOf(method, options),
      signal: options.signal ?? null,
      body: options.body === undefined ? null : JSON.stringify(options.body),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'The server does not answer. What you typed is kept; try again.');
  }
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (failure.status === 401 && !path.startsWith('/auth/')) {
    dispatchEvent(new CustomEvent('antiphon:signed-out'));
  }
  throw failure;
}

async function ask<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  // The contract says what this operation answers; the server is held to it by its own tests.
  return (text ? JSON.parse(text) : undefined) as T;
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => ask<T>('GET', path, options),
  post: <T = void>(path: string, body?: unknown, options?: RequestOptions) =>
    ask<T>('POST', path, { ...options, body }),
  put: <T = void>(path: string, body: unknown, options?: RequestOptions) =>
    ask<T>('PUT', path, { ...options, body }),
  patch: <T = void>(path: string, body: unknown, options?: RequestOptions) =>
    ask<T>('PATCH', path, { ...options, body }),
  remove: (path: string, options?: RequestOptions) => ask<void>('DELETE', path, options),
};

export const segment = encodeURIComponent;
export const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : 'Something unexpected happened.';
