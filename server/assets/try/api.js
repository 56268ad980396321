// The four requests this page makes, and the key they carry.
//
// The key arrives in the fragment of the link, which browsers never send, and lives in
// sessionStorage: this tab only, gone when it closes.

const STORED = 'antiphon.key';

export function takeKeyFromAddress() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const key = fragment.get('key')?.trim();
  if (!key) return false;
  rememberKey(key);
  history.replaceState(null, '', location.pathname + location.search);
  return true;
}

export const storedKey = () => sessionStorage.getItem(STORED);
export const rememberKey = (key) => sessionStorage.setItem(STORED, key);
export const forgetKey = () => sessionStorage.removeItem(STORED);

// `status` is 0 when the server could not be reached at all.
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, { method = 'GET', body } = {}) {
  const headers = { Accept: 'application/json', Authorization: `Bearer ${storedKey()}` };
  if (body) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new ApiError(0, 'The server does not answer. Is it still running?');
  }
  const document = await response.json().catch(() => null);
  if (response.ok) return document;
  const issues = (document?.issues ?? []).map((issue) => issue.message).join('. ');
  const words = [document?.detail ?? document?.title, issues].filter(Boolean).join(' ');
  throw new ApiError(response.status, words || `The server answered with ${response.status}.`);
}

export async function listAgents() {
  const { items } = await request('/api/agents?limit=200');
  return items.filter((agent) => agent.status !== 'archived');
}

// The conversation's id and the path of its socket.
export async function openConversation(agentId) {
  const opened = await request('/api/conversations', {
    method: 'POST',
    body: { agent: agentId, mode: 'voice', channel: 'web' },
  });
  return { id: opened.conversation.id, path: opened.socket.path };
}

export const conversationPath = (id) => `/api/conversations/${encodeURIComponent(id)}`;
export const readConversation = (id) => request(conversationPath(id));
