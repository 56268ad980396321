// One walk through an auth server with the real @supabase/supabase-js. Each step notes what was
// answered, without what differs between two runs, so that two servers can be compared.
import { createClient } from '@supabase/supabase-js';
import { randomUUID } from 'node:crypto';
import ws from 'ws';

import { totp } from './totp.mjs';

export const PASSWORD = 'Passw0rd!long';
const NEW_PASSWORD = 'An0ther!long';

const keys = (value) => Object.keys(value ?? {}).sort().join(',');
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

export function client(base, more = {}) {
  return createClient(base, 'anon-key', {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, ...more },
    realtime: { transport: ws },
  });
}

class Walk {
  notes = [];

  constructor(base, mail) {
    this.base = base;
    this.mail = mail;
  }

  // The outcome of a call of the client, as text.
  note(step, result, more = '') {
    const error = result.error;
    const text = error
      ? `${error.status} ${error.code} ${String(error.message).replaceAll(/\d+ seconds/g, 'N seconds')}`
      : `ok ${more}`;
    this.notes.push([step, text.trim()]);
    return result;
  }

  async raw(step, path, options = {}) {
    const response = await fetch(`${this.base}/auth/v1${path}`, {
      method: options.method ?? 'POST',
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json', ...options.headers },
      body: options.body,
    });
    const text = await response.text();
    let body = text;
    try {
      body = JSON.parse(text);
    } catch { /* no JSON */ }
    const shown = typeof body === 'object' ? JSON.stringify(body) : body;
    const cut = shown.replace(/(Could not parse request body as JSON): [^"]*/, '$1')
      .replace(/(unable to parse or verify signature), [^"]*/, '$1');
    this.notes.push([step, `${response.status} ${response.headers.get('x-sb-error-code') ?? ''} ${cut}`.trim()]);
    return response;
  }

  async followForCode(step, link) {
    const url = new URL(link);
    const response = await fetch(`${this.base}/auth/v1/verify${url.search}`, { redirect: 'manual' });
    const location = new URL(response.headers.get('location'));
    const shown = [...location.searchParams].map(([key, value]) => (key === 'code' ? key : `${key}=${value}`)).sort();
    this.notes.push([step, `${response.status} ${shown.join('&')} #${location.hash.slice(1)}`]);
    return location.searchParams.get('code');
  }

  async follow(step, link) {
    const url = new URL(link);
    const response = await fetch(`${this.base}/auth/v1/verify${url.search}`, { redirect: 'manual' });
    const location = new URL(response.headers.get('location'));
    const fragment = new URLSearchParams(location.hash.slice(1));
    const shown = fragment.has('access_token')
      ? [...fragment.keys()].sort().join(',')
      : [...fragment].map(([key, value]) => `${key}=${value}`).sort().join('&');
    this.notes.push([step, `${response.status} ${shown}`]);
    return fragment;
  }
}

// Links that lead back with a code, which only who asked for the mail can exchange.
async function codeExchange(walk, email) {
  const sb = client(walk.base, { flowType: 'pkce' });
  walk.note('sign up for a code', await sb.auth.signUp({ email, password: PASSWORD }));
  const mail = await walk.mail.next(email);
  walk.notes.push(['a link for a code', mail.token.slice(0, 5)]);
  const first = await walk.followForCode('confirm for a code', mail.link);
  walk.note('exchange it elsewhere',
    await client(walk.base, { flowType: 'pkce' }).auth.exchangeCodeForSession(first));
  await walk.raw('exchange it with another verifier', '/token?grant_type=pkce',
    { body: JSON.stringify({ auth_code: first, code_verifier: 'x'.repeat(56) }) });
  const opened = walk.note('exchange it', await sb.auth.exchangeCodeForSession(first));
  walk.notes.push(['its session', keys(opened.data.session)]);
  walk.notes.push(['its methods', claims(opened.data.session.access_token).amr.map((entry) => entry.method).join(',')]);
  await walk.raw('exchange it again', '/token?grant_type=pkce',
    { body: JSON.stringify({ auth_code: first, code_verifier: 'x'.repeat(56) }) });
  walk.note('recover for a code', await sb.auth.resetPasswordForEmail(email));
  const recovery = await walk.mail.next(email);
  const second = await walk.followForCode('follow for a code', recovery.link);
  await walk.followForCode('follow it twice for a code', recovery.link);
  const recovered = walk.note('exchange the recovery', await sb.auth.exchangeCodeForSession(second));
  walk.notes.push(['methods of the recovery', recovered.data.session
    ? claims(recovered.data.session.access_token).amr.map((entry) => entry.method).join(',') : 'none']);
  const challenge = { code_challenge: 'c'.repeat(43), code_challenge_method: 's256' };
  for (const [step, more] of [['no method', { code_challenge: 'c'.repeat(43) }],
    ['no challenge', { code_challenge_method: 's256' }],
    ['another method', { ...challenge, code_challenge_method: 'md5' }],
    ['a short challenge', { ...challenge, code_challenge: 'short' }],
    ['a challenge of other signs', { ...challenge, code_challenge: '/'.repeat(43) }]]) {
    await walk.raw(step, '/recover', { body: JSON.stringify({ email: `none-${email}`, ...more }) });
  }
  await walk.raw('exchange nothing', '/token?grant_type=pkce', { body: '{}' });
  await walk.raw('exchange an unknown code', '/token?grant_type=pkce',
    { body: JSON.stringify({ auth_code: randomUUID(), code_verifier: 'x'.repeat(56) }) });
  await walk.raw('exchange no code', '/token?grant_type=pkce',
    { body: JSON.stringify({ auth_code: 'x', code_verifier: 'x'.repeat(56) }) });
}

async function register(walk, email) {
  const sb = client(walk.base);
  const made = walk.note('sign up', await sb.auth.signUp(
    { email, password: PASSWORD, options: { data: { full_name: 'Ada' } } }));
  walk.notes.push(['the user of a sign-up', keys(made.data.user)]);
  walk.notes.push(['its metadata', keys(made.data.user?.user_metadata)]);
  walk.notes.push(['its identity', keys(made.data.user?.identities?.[0])]);
  walk.notes.push(['a session before the address is confirmed', String(made.data.session)]);
  walk.note('sign up again at once', await sb.auth.signUp({ email, password: PASSWORD }));
  walk.note('sign in unconfirmed', await sb.auth.signInWithPassword({ email, password: PASSWORD }));
  walk.note('resend at once', await sb.auth.resend({ type: 'signup', email }));
  const mail = await walk.mail.next(email);
  walk.note('a link that is none', await sb.auth.verifyOtp({ type: 'signup', token_hash: 'f'.repeat(56) }));
  walk.note('a code that is none', await sb.auth.verifyOtp({ type: 'signup', email, token: 'abcdef' }));
  const verified = walk.note('confirm', await sb.auth.verifyOtp({ type: 'signup', token_hash: mail.token }));
  walk.notes.push(['a session', keys(verified.data.session)]);
  walk.notes.push(['its user', keys(verified.data.user)]);
  walk.note('confirm twice', await sb.auth.verifyOtp({ type: 'signup', token_hash: mail.token }));
  const again = walk.note('sign up with a confirmed address', await sb.auth.signUp({ email, password: PASSWORD }));
  walk.notes.push(['its identities', JSON.stringify(again.data.user?.identities)]);
  walk.notes.push(['its id is another', String(again.data.user?.id !== verified.data.user?.id)]);
}

async function signIn(walk, email) {
  const sb = client(walk.base);
  walk.note('wrong password', await sb.auth.signInWithPassword({ email, password: 'nope' }));
  walk.note('unknown account', await sb.auth.signInWithPassword({ email: `x${email}`, password: 'nope' }));
  walk.note('no address', await sb.auth.signInWithPassword({ email: '', password: 'nope' }));
  const signed = walk.note('sign in', await sb.auth.signInWithPassword({ email, password: PASSWORD }));
  const { access_token: access, refresh_token: refresh } = signed.data.session;
  walk.notes.push(['claims', keys(claims(access))]);
  walk.notes.push(['methods', claims(access).amr.map((entry) => entry.method).join(',')]);
  const user = walk.note('user', await sb.auth.getUser());
  walk.notes.push(['user', keys(user.data.user)]);
  const seen = await sb.auth.getClaims();
  walk.note('claims', seen, seen.data?.claims?.role);
  const updated = walk.note('metadata', await sb.auth.updateUser({ data: { theme: 'dark', full_name: null } }));
  walk.notes.push(['metadata', keys(updated.data.user?.user_metadata)]);
  walk.note('the same password', await sb.auth.updateUser({ password: PASSWORD }));
  walk.note('a short password', await sb.auth.updateUser({ password: 'short' }));
  walk.note('a taken address', await sb.auth.updateUser({ email: walk.other }));
  const rotated = walk.note('refresh', await sb.auth.refreshSession());
  walk.notes.push(['rotated', String(rotated.data.session?.refresh_token !== refresh)]);
  const repeated = walk.note('refresh with the old token at once',
    await client(walk.base).auth.refreshSession({ refresh_token: refresh }));
  walk.notes.push(['the same again',
    String(repeated.data.session?.refresh_token === rotated.data.session?.refresh_token)]);
  walk.note('refresh with an unknown token',
    await client(walk.base).auth.refreshSession({ refresh_token: 'abcdefabcdef' }));
}

async function links(walk, email) {
  const sb = client(walk.base);
  walk.note('recover an unknown account', await sb.auth.resetPasswordForEmail(`x${email}`));
  walk.note('recover', await sb.auth.resetPasswordForEmail(email));
  walk.note('recover at once', await sb.auth.resetPasswordForEmail(email));
  const mail = await walk.mail.next(email);
  const fragment = await walk.follow('follow the link', mail.link);
  await walk.follow('follow it twice', mail.link);
  await sb.auth.setSession(
    { access_token: fragment.get('access_token'), refresh_token: fragment.get('refresh_token') });
  walk.note('new password', await sb.auth.updateUser({ password: NEW_PASSWORD }));
  walk.note('sign in with it', await sb.auth.signInWithPassword({ email, password: NEW_PASSWORD }));
  walk.note('sign in with the old one', await sb.auth.signInWithPassword({ email, password: PASSWORD }));
  const fresh = `link-${email}`;
  walk.note('link to nobody', await sb.auth.signInWithOtp({ email: fresh, options: { shouldCreateUser: false } }));
  walk.note('link to a new account', await sb.auth.signInWithOtp({ email: fresh }));
  const first = await walk.mail.next(fresh);
  walk.note('sign in by link', await sb.auth.verifyOtp({ type: 'email', token_hash: first.token }));
  walk.note('link to a known account', await sb.auth.signInWithOtp({ email: fresh }));
  const second = await walk.mail.next(fresh);
  if (second.code) {
    const entered = await client(walk.base).auth.verifyOtp({ type: 'email', email: fresh, token: second.code });
    walk.note('sign in by code', entered);
    walk.notes.push(['methods of a code', entered.data.session
      ? claims(entered.data.session.access_token).amr.map((entry) => entry.method).join(',') : 'none']);
  }
}

async function changeAddress(walk, email) {
  const sb = client(walk.base);
  await sb.auth.signInWithPassword({ email, password: NEW_PASSWORD });
  const fresh = `new-${email}`;
  const asked = walk.note('change the address', await sb.auth.updateUser({ email: fresh }));
  walk.notes.push(['new address', String(asked.data.user?.new_email === fresh)]);
  const [toNew, toOld] = [await walk.mail.next(fresh), await walk.mail.next(email)];
  await walk.follow('the old address agrees', toOld.link);
  await walk.follow('the new address agrees', toNew.link);
  walk.note('sign in with the old address', await sb.auth.signInWithPassword({ email, password: NEW_PASSWORD }));
  walk.note('sign in with the new address', await sb.auth.signInWithPassword({ email: fresh, password: NEW_PASSWORD }));
  return fresh;
}

async function secondFactor(walk, email) {
  const sb = client(walk.base);
  const other = client(walk.base);
  await other.auth.signInWithPassword({ email, password: NEW_PASSWORD });
  await sb.auth.signInWithPassword({ email, password: NEW_PASSWORD });
  const factor = walk.note('enroll', await sb.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' }));
  walk.note('enroll the same name', await sb.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' }));
  const factorId = factor.data.id;
  const challenge = walk.note('challenge', await sb.auth.mfa.challenge({ factorId }));
  walk.notes.push(['a challenge', keys(challenge.data)]);
  const challengeId = challenge.data.id;
  walk.note('a wrong code', await sb.auth.mfa.verify({ factorId, challengeId, code: '000000' }));
  const verified = walk.note('the right code',
    await sb.auth.mfa.verify({ factorId, challengeId, code: totp(factor.data.totp.secret) }));
  walk.notes.push(['assurance', claims(verified.data.access_token).aal]);
  walk.notes.push(['methods', claims(verified.data.access_token).amr.map((entry) => entry.method).sort().join(',')]);
  const level = await sb.auth.mfa.getAuthenticatorAssuranceLevel();
  walk.note('level', level, `${level.data?.currentLevel} ${level.data?.nextLevel}`);
  const listed = await sb.auth.mfa.listFactors();
  walk.note('factors', listed, listed.data?.totp?.map((each) => keys(each)).join(';'));
  walk.note('the session without it', await other.auth.refreshSession());
  const weak = client(walk.base);
  await weak.auth.signInWithPassword({ email, password: NEW_PASSWORD });
  walk.note('a new password without it', await weak.auth.updateUser({ password: PASSWORD }));
  walk.note('enroll without it', await weak.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'b' }));
  walk.note('unenroll without it', await weak.auth.mfa.unenroll({ factorId }));
  walk.note('unenroll', await sb.auth.mfa.unenroll({ factorId }));
}

async function signOut(walk, email) {
  const clients = [client(walk.base), client(walk.base), client(walk.base)];
  for (const each of clients) await each.auth.signInWithPassword({ email, password: NEW_PASSWORD });
  const [first, second, third] = clients;
  walk.note('sign out others', await first.auth.signOut({ scope: 'others' }));
  walk.note('another refreshes', await second.auth.refreshSession());
  walk.note('an access token of another', await third.auth.getUser());
  walk.note('this one goes on', await first.auth.getUser());
  walk.note('sign out here', await first.auth.signOut({ scope: 'local' }));
  await first.auth.signInWithPassword({ email, password: NEW_PASSWORD });
  const refresh = (await first.auth.getSession()).data.session.refresh_token;
  walk.note('sign out everywhere', await first.auth.signOut());
  walk.note('refresh after it', await first.auth.refreshSession({ refresh_token: refresh }));
}

async function badInput(walk) {
  const json = (value) => JSON.stringify(value);
  const now = { 'X-Supabase-Api-Version': '2024-01-01' };
  await walk.raw('no body', '/signup', { headers: now });
  await walk.raw('no JSON', '/signup', { body: '{', headers: now });
  await walk.raw('nothing in it', '/signup', { body: '{}', headers: now });
  await walk.raw('no password', '/signup', { body: json({ email: 'a@example.test' }), headers: now });
  await walk.raw('no address at all', '/signup', { body: json({ email: 'nonsense', password: PASSWORD }), headers: now });
  await walk.raw('too long', '/signup', { body: json({ email: 'a@example.test', password: 'x'.repeat(73) }), headers: now });
  await walk.raw('too short', '/signup', { body: json({ email: 'a@example.test', password: 'Ab1!' }), headers: now });
  await walk.raw('too short, as old clients see it', '/signup', { body: json({ email: 'a@example.test', password: 'Ab1!' }) });
  await walk.raw('a phone', '/signup', { body: json({ phone: '4915100000000', password: PASSWORD }), headers: now });
  await walk.raw('unknown grant', '/token?grant_type=magic', { body: '{}', headers: now });
  await walk.raw('a refresh token that is none', '/token?grant_type=refresh_token', { body: json({ refresh_token: 'short' }), headers: now });
  await walk.raw('wrong credentials, as old clients see it', '/token?grant_type=password', { body: json({ email: 'a@example.test', password: 'x' }) });
  await walk.raw('nobody', '/user', { method: 'GET', headers: now });
  await walk.raw('a token that is none', '/user', { method: 'GET', headers: { ...now, Authorization: 'Bearer nonsense' } });
  await walk.raw('recover nobody', '/recover', { body: '{}', headers: now });
  await walk.raw('verify nothing', '/verify', { body: '{}', headers: now });
  await walk.raw('verify without a code', '/verify', { body: json({ type: 'signup' }), headers: now });
  await walk.raw('verify an unknown type', '/verify', { body: json({ type: 'magic', token_hash: 'x' }), headers: now });
  await walk.raw('resend nothing', '/resend', { body: '{}', headers: now });
  await walk.raw('a link to nobody', '/otp', { body: '{}', headers: now });
}

// What a server of ours does not have, in the words of one where it is switched off.
async function notOffered(walk) {
  const json = (value) => JSON.stringify(value);
  const headers = { 'X-Supabase-Api-Version': '2024-01-01' };
  const phone = '4915100000000';
  await walk.raw('sign in with a provider', '/authorize?provider=google', { method: 'GET', headers });
  await walk.raw('sign in with an unknown provider', '/authorize?provider=nobody', { method: 'GET', headers });
  await walk.raw('sign in with no provider', '/authorize', { method: 'GET', headers });
  await walk.raw('an id token', '/token?grant_type=id_token', { body: json({ provider: 'google', id_token: 'x' }), headers });
  await walk.raw('a wallet', '/token?grant_type=web3', { body: json({ chain: 'solana', message: 'm'.repeat(64), signature: 's'.repeat(88) }), headers });
  await walk.raw('single sign-on', '/sso', { body: json({ domain: 'example.test' }), headers });
  await walk.raw('a phone and a password', '/token?grant_type=password', { body: json({ phone, password: PASSWORD }), headers });
  await walk.raw('a code to a phone', '/otp', { body: json({ phone }), headers });
  await walk.raw('a phone recovers', '/recover', { body: json({ phone }), headers });
  await walk.raw('a phone is asked again', '/resend', { body: json({ type: 'sms', phone }), headers });
  await walk.raw('nobody in particular', '/signup', { body: json({ data: { a: 1 } }), headers });
}

export async function walkThrough({ base, mail }) {
  const walk = new Walk(base, mail);
  const name = randomUUID().slice(0, 8);
  const email = `ada-${name}@example.test`;
  walk.other = `bob-${name}@example.test`;
  await register(walk, walk.other);
  walk.notes.length = 0;
  await register(walk, email);
  await signIn(walk, email);
  await links(walk, email);
  const moved = await changeAddress(walk, email);
  await secondFactor(walk, moved);
  await signOut(walk, moved);
  await badInput(walk);
  await notOffered(walk);
  await codeExchange(walk, `code-${email}`);
  return walk.notes;
}
