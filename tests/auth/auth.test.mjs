// /auth/v1 of the real server, through the real @supabase/supabase-js.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { isBuilt, startProduct } from '../e2e/product.mjs';
import { Mailbox } from './mailbox.mjs';
import { walkThrough } from './walk.mjs';

const options = { skip: isBuilt ? false : 'the server is not built' };
let product;

before(async () => {
  if (!isBuilt) return;
  // Mailed links name the site; the test asks the port it knows instead.
  process.env.ANTIPHON_PUBLIC_URL = 'https://voice.example.test';
  product = await startProduct();
});
after(async () => {
  if (product) assert.equal(await product.stop(), 0);
});

test('answers the whole walk as it is written down', options, async () => {
  const notes = await walkThrough(
    { base: product.origin, mail: new Mailbox(join(product.data, 'outbox')) });
  const written = notes.map(([step, answer]) => `${step}: ${answer}`).join('\n') + '\n';
  const expected = await readFile(new URL('walk.expected.txt', import.meta.url), 'utf8');
  assert.equal(written, expected);
});

test('publishes no secret among its keys', options, async () => {
  const { status, body } = await product.get('/auth/v1/.well-known/jwks.json');
  assert.equal(status, 200);
  assert.deepEqual(body, { keys: [] });
});

test('says what it offers', options, async () => {
  const { body } = await product.get('/auth/v1/settings');
  assert.equal(body.external.email, true);
  assert.equal(body.external.google, false);
  assert.equal(body.mailer_autoconfirm, false);
});
