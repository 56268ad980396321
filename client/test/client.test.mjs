// The client against a server that says what the real one says, and what no server should.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { memoryStorage, troubleOf, Visitor } from '../dist/index.js';

const SERVER = 'https://voice.example';
const AGENT = '00000000-0000-4000-8000-000000000001';
const realFetch = globalThis.fetch;

let asked;
let answers;

const json = (body, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
const session = (more = {}) => () => json({
  token: 't1', expires_at: new Date(Date.now() + 600_000).toISOString(), resume: 'r1', look: {}, ...more });
const event = (name, data) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const OPENED = event('conversation.opened', { conversation: 'c1' });
const ENDED = event('reply.ended', { said: 'We open at nine.', ends_conversation: false });

// In pieces of `size` bytes, so that no boundary of a chunk is one of an event or a letter.
function stream(text, size = 7) {
  const bytes = new TextEncoder().encode(text);
  return () => new Response(new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  }));
}

beforeEach(() => {
  asked = [];
  answers = {};
  globalThis.fetch = async (url, options = {}) => {
    const { pathname } = new URL(url);
    const what = pathname.replace('/widget/', '');
    asked.push({ what, url, body: options.body && JSON.parse(options.body), headers: options.headers });
    const next = answers[what]?.shift();
    if (!next) throw new TypeError('Failed to fetch');
    return next();
  };
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

const visitor = (more = {}) => new Visitor({ server: `${SERVER}/`, agent: AGENT, storage: memoryStorage(), ...more });
async function heard(replies) {
  const texts = [];
  for await (const reply of replies) texts.push(reply.text);
  return texts;
}
const codeOf = (promise) => promise.then(() => 'nothing', (error) => troubleOf(error).code);

test('an answer grows word by word, wherever the network cuts it', async () => {
  for (const size of [1, 7, 1000]) {
    const one = visitor();
    answers = { session: [session()], messages: [stream(
      OPENED + event('reply.text', { text: 'Wir öffnen ' }) + event('reply.text', { text: 'um 9 🦷.' })
        + event('reply.ended', { said: 'Wir öffnen um 9 🦷.', ends_conversation: false }), size)] };
    const texts = await heard(one.say('Wann?'));
    assert.deepEqual(texts, ['', 'Wir öffnen ', 'Wir öffnen um 9 🦷.', 'Wir öffnen um 9 🦷.']);
    assert.equal(one.conversation, 'c1');
  }
});

test('the second message goes to the conversation of the first, until it has ended', async () => {
  const one = visitor();
  const goodbye = event('reply.ended', { said: 'Bye.', ends_conversation: true });
  answers = { session: [session()], messages: [stream(OPENED + ENDED), stream(OPENED + goodbye), stream(OPENED + ENDED)] };
  for (const words of ['One', 'Two', 'Three']) await heard(one.say(words));
  assert.deepEqual(asked.filter(({ what }) => what === 'messages').map(({ body }) => body.conversation),
    [undefined, 'c1', undefined]);
});

test('an answer that stops in mid-word is not taken for a whole one', async () => {
  for (const cut of [OPENED, OPENED + event('reply.text', { text: 'We op' }), 'event: repl',
    OPENED + event('error', { code: 'unavailable' })]) {
    answers = { session: [session()], messages: [stream(cut)] };
    assert.equal(await codeOf(heard(visitor().say('When?'))), 'interrupted', cut);
  }
});

test('what is no event stream ends the answer instead of filling the memory', async () => {
  answers = { session: [session()], messages: [stream('x'.repeat(200_000), 10_000)] };
  assert.equal(await codeOf(heard(visitor().say('When?'))), 'interrupted');
  answers = { session: [session()], messages: [stream('event: reply.text\ndata: {broken\n\n')] };
  assert.equal(await codeOf(heard(visitor().say('When?'))), 'interrupted');
});

test('a browser stays the same visitor until it is told to forget', async () => {
  const storage = memoryStorage();
  answers = { session: [session(), session({ resume: 'r2' }), session()] };
  await visitor({ storage }).begin();
  const second = visitor({ storage });
  await second.begin();
  second.forget();
  await second.begin();
  assert.deepEqual(asked.map(({ body }) => body.resume), [undefined, 'r1', undefined]);
});

test('somebody who has signed in is not mixed with who used the browser before', async () => {
  const storage = memoryStorage();
  answers = { session: [session(), session({ resume: undefined })] };
  await visitor({ storage }).begin();
  const identity = { id: 'ann', hash: 'ab' };
  await visitor({ storage, identity }).begin();
  assert.deepEqual(asked[1].body, { identity });
});

test('several questions at once begin one session', async () => {
  const one = visitor();
  answers = { session: [session()] };
  await Promise.all([one.begin(), one.begin(), one.begin()]);
  assert.equal(asked.length, 1);
});

test('a session is renewed shortly before it ends, and when the server says that it is over', async () => {
  const one = visitor();
  const soon = new Date(Date.now() + 20_000).toISOString();
  answers = { session: [session({ expires_at: soon }), session({ token: 't2' }), session({ token: 't3' })],
    history: [() => json({ items: [], conversation: 'c1' }), () => json({ code: 'unauthenticated' }, 401), () => json({ items: [] })] };
  await one.begin();
  await one.history();
  assert.equal(one.conversation, 'c1');
  await one.history();
  const tokens = asked.filter(({ what }) => what === 'history').map(({ headers }) => headers.Authorization);
  assert.deepEqual(tokens, ['Bearer t2', 'Bearer t2', 'Bearer t3']);
  answers = { session: [session(), session()], history: [1, 2].map(() => () => json({ code: 'unauthenticated' }, 401)) };
  assert.equal(await codeOf(visitor().history()), 'session_denied');
});

test('each refusal has a code that a page can decide by', async () => {
  const refusals = [
    [403, 'permission_denied', 'origin_denied'], [404, 'not_found', 'conversation_over'],
    [409, 'already_exists', 'already_received'], [409, 'closed', 'conversation_over'],
    [500, 'internal', 'send_failed'], [502, undefined, 'send_failed']];
  for (const [status, code, expected] of refusals) {
    answers = { session: [session()], messages: [() => json({ code }, status)] };
    assert.equal(await codeOf(heard(visitor().say('Hello'))), expected, `${status} ${code}`);
  }
  answers = { session: [() => json({ detail: 'slowly' }, 429, { 'Retry-After': '7' })] };
  await assert.rejects(visitor().begin(), { code: 'rate_limited', retryAfterSeconds: 7, message: 'slowly' });
});

test('a page that may not ask is told apart from a server that is gone', async () => {
  assert.equal(await codeOf(visitor().begin()), 'offline');
  answers = { 'integrity.json': [() => json({})] };
  assert.equal(await codeOf(visitor().begin()), 'origin_denied');
});

test('a page without storage talks all the same', async () => {
  const closed = { getItem: () => null, setItem: () => { throw new Error('full'); }, removeItem: () => {} };
  answers = { session: [session()], messages: [stream(OPENED + ENDED)] };
  assert.equal((await heard(visitor({ storage: closed }).say('When?'))).at(-1), 'We open at nine.');
});
