// The page that an invitation's mail leads to, in Chromium, with the real server.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Mailbox } from '../auth/mailbox.mjs';
import { assertAccessible, launch, openPage, shot } from './browser.mjs';
import { isBuilt, startProduct } from './product.mjs';

const skip = isBuilt ? false : 'the server is not built';
const GUEST = 'ann@example.org';
const PASSWORD = 'a long sentence works';

describe('the page of an invitation', { timeout: 300_000 }, () => {
  let product;
  let browser;
  let mail;

  before(async () => {
    if (skip) return;
    product = await startProduct();
    mail = new Mailbox(join(product.data, 'outbox'));
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    if (product) assert.equal(await product.stop(), 0);
  });

  async function invite(email) {
    const response = await fetch(`${product.origin}/api/invitations`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${product.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, role: 'operator' }),
    });
    assert.equal(response.status, 201);
    const made = await response.json();
    return `${product.origin}/join#token=${made.token}`;
  }
  async function fill(page, email, password = PASSWORD) {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
  }

  test('takes a new person in: an account, a confirmed address, the workspace', { skip }, async () => {
    const link = await invite(GUEST);
    const page = await openPage(browser, link);
    await assertAccessible(page);
    await shot(page, 'join');
    await fill(page, GUEST, 'wrong password');
    await page.getByRole('button', { name: 'Sign in and accept' }).click();
    await page.getByRole('alert').filter({ hasText: 'Invalid login credentials' }).waitFor();
    await fill(page, GUEST);
    await page.getByRole('button', { name: 'I am new here' }).click();
    await page.getByRole('heading', { name: 'Confirm your address' }).waitFor();
    await mail.next(GUEST).then(async (first) => {
      const confirm = first.link ? first : await mail.next(GUEST);
      const { search } = new URL(confirm.link);
      await fetch(`${product.origin}/auth/v1/verify${search}`, { redirect: 'manual' });
    });
    await page.goto('about:blank');
    await page.goto(link);
    await fill(page, GUEST);
    await page.getByRole('button', { name: 'Sign in and accept' }).click();
    await page.getByRole('heading', { name: 'You are in' }).waitFor();
    assert.equal(new URL(page.url()).hash, '', 'the token leaves the address');
    const { body } = await product.get('/api/members');
    assert.ok(body.items.some(({ email, role }) => email === GUEST && role === 'operator'));
    await assertAccessible(page);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('says when the link is not whole', { skip }, async () => {
    const page = await openPage(browser, `${product.origin}/join`);
    await page.getByRole('heading', { name: 'This link is not whole' }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});
