// The widget on a website that is not the server's, under a policy that forbids what it can.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  assertAccessible, heardFromLoudspeaker, launch, openPage, recordingOf, shot,
} from './browser.mjs';
import { BINARY, isBuilt, startProduct } from './product.mjs';

const WIDGET = fileURLToPath(new URL('../../widget/dist/v1.js', import.meta.url));
const skip = isBuilt && existsSync(WIDGET) ? false : `${BINARY} or widget/dist is missing: build them`;
if (skip) console.log(`skipped: ${skip}`);

const SECONDS = 1000;
const DEADLINE_MS = 90 * SECONDS;
const QUESTION = 'Are you open on Saturday?';
const ANSWER = /open at nine in the morning and close at noon/i;
const GUIDE = new URL('../../docs/guides/widget.md', import.meta.url);

// A website of somebody else: another origin, and the policy that the guide names.
async function website(pageOf) {
  const server = createServer((request, response) => {
    if (!request.url.startsWith('/page')) return response.writeHead(404).end();
    const { html, policy } = pageOf(new URL(request.url, 'http://site').searchParams);
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy });
    return response.end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

describe('the widget on a website', { timeout: 600 * SECONDS }, () => {
  let product;
  let browser;
  let site;
  let stranger;
  let agent;
  let guide;

  const policyOf = () => /^Content-Security-Policy: (.*)$/m.exec(guide)[1]
    .replaceAll('https://voice.example', product.origin)
    .replaceAll('wss://voice.example', product.origin.replace(/^http/, 'ws'));

  const pageOf = (query) => {
    const more = [...query].map(([key, value]) => ` data-${key}="${value}"`).join('');
    const snippet = /```html\n(<script[^]*?<\/script>)\n```/.exec(guide)[1]
      .replace('https://voice.example', product.origin).replace('AGENT', agent)
      .replace(/(data-agent="[^"]*")/, `$1${more}`);
    return {
      policy: `${policyOf()}; require-trusted-types-for 'script'; trusted-types 'none'`,
      html: `<!doctype html><html lang="en"><head><title>A shop</title>
<meta name="viewport" content="width=device-width">${snippet}</head>
<body><main><h1>A shop</h1><p>Somebody else's page.</p></main></body></html>`,
    };
  };

  before(async () => {
    if (skip) return;
    guide = await readFile(GUIDE, 'utf8');
    product = await startProduct();
    site = await website(pageOf);
    stranger = await website(pageOf);
    ({ body: { id: agent } } = await product.get('/api/agents/front-desk'));
    const response = await fetch(`${product.origin}/api/agents/${agent}/widget`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${product.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ enabled: true, allowed_origins: [site.origin], title: 'Front desk', suggestions: [QUESTION] }),
    });
    assert.equal(response.status, 200);
    // Before its documents are read the agent answers that it does not know.
    while ((await product.get('/readyz')).status !== 200);
    const microphone = await recordingOf(9, 'are-you-open-on-saturday.wav', 8);
    browser = await launch({ microphone, loop: true });
  });

  after(async () => {
    await browser?.close();
    site?.close();
    stranger?.close();
    if (product) assert.equal(await product.stop(), 0, 'the server ends in order');
  });

  async function open(query = '', { at = site, by = browser, ...options } = {}) {
    const page = await openPage(by, `${at.origin}/page${query}`,
      { deadline: DEADLINE_MS, mayAsk: [product.origin], reducedMotion: 'reduce', ...options });
    await page.locator('antiphon-widget .launcher').click();
    return page;
  }
  const turn = (page, from, words) => page.locator(`antiphon-widget .turn.${from} .words`, { hasText: words }).first();
  async function write(page, words) {
    await page.locator('antiphon-widget textarea').fill(words);
    await page.locator('antiphon-widget textarea').press('Enter');
  }
  const notice = (page, words) => page.locator('antiphon-widget .notice', { hasText: words }).waitFor();
  const answered = (page) => page.locator('antiphon-widget .turn.agent[data-state=done] .words', { hasText: ANSWER }).first().waitFor();
  async function close(page) {
    const { faults } = page;
    await page.context().close();
    assert.deepEqual(faults, []);
  }

  test('costs one request before it is opened, and moves nothing on the page', { skip }, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked = [];
    page.on('request', (request) => {
      if (request.url().startsWith(product.origin)) asked.push(request.url());
    });
    await page.goto(`${site.origin}/page`);
    await page.locator('antiphon-widget .launcher').waitFor();
    assert.deepEqual(asked, [`${product.origin}/widget/v1.js`]);
    const shift = await page.evaluate(() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
        .observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    }));
    assert.equal(shift, 0);
    await context.close();
  });

  test('answers in writing under a strict policy, and has the thread after a reload', { skip }, async () => {
    const page = await open();
    await page.locator('antiphon-widget .chip', { hasText: QUESTION }).waitFor();
    await assertAccessible(page);
    await shot(page, 'widget-open');
    await write(page, QUESTION);
    await answered(page);
    await assertAccessible(page);
    await shot(page, 'widget-answered');
    await page.reload();
    await page.locator('antiphon-widget .launcher').click();
    await turn(page, 'visitor', QUESTION).waitFor();
    await turn(page, 'agent', ANSWER).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('antiphon-widget .launcher').waitFor();
    await close(page);
  });

  test('hears a question and answers aloud and in words', { skip }, async () => {
    const page = await open();
    await page.locator('antiphon-widget').getByRole('button', { name: 'Talk', exact: true }).click();
    await heardFromLoudspeaker(page);
    await turn(page, 'visitor', /saturday/i).waitFor();
    await turn(page, 'agent', ANSWER).waitFor();
    await heardFromLoudspeaker(page);
    await assertAccessible(page);
    await shot(page, 'widget-call');
    await page.locator('antiphon-widget').getByRole('button', { name: 'End the call' }).click();
    await page.locator('antiphon-widget .call').waitFor({ state: 'hidden' });
    await close(page);
  });

  test('says that a page is not allowed, and who can change that', { skip }, async () => {
    const page = await open('', { at: stranger });
    await notice(page, 'This page may not show this agent. Its owner has to add this site');
    await assertAccessible(page);
    await shot(page, 'widget-stranger');
    await page.context().close();
  });

  test('says when an answer stops in mid-word, and sends the same message again', { skip }, async () => {
    const page = await open();
    const ids = [];
    await page.route('**/widget/messages*', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      ids.push(route.request().postDataJSON().id);
      if (ids.length > 1) return route.continue();
      return route.fulfill({
        status: 200,
        headers: { 'Access-Control-Allow-Origin': site.origin, 'Content-Type': 'text/event-stream' },
        body: 'event: reply.text\ndata: {"text": "We op"}\n\n',
      });
    });
    await write(page, QUESTION);
    await notice(page, 'The answer stopped before its end. Try again.');
    await turn(page, 'agent', 'We op').waitFor();
    assert.equal(await page.locator('antiphon-widget .state', { hasText: 'Not sent' }).count(), 0);
    await assertAccessible(page);
    await shot(page, 'widget-cut');
    await page.locator('antiphon-widget').getByRole('button', { name: 'Try again' }).click();
    await answered(page);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
    await close(page);
  });

  test('says why the microphone does not work, and takes what is written', { skip }, async () => {
    const deaf = await launch();
    try {
      const page = await open('', { by: deaf });
      await page.locator('antiphon-widget').getByRole('button', { name: 'Talk', exact: true }).click();
      await notice(page, /No microphone was found|The microphone is blocked/);
      await assertAccessible(page);
      await shot(page, 'widget-deaf');
      await write(page, QUESTION);
      await answered(page);
      await close(page);
    } finally {
      await deaf.close();
    }
  });

  for (const [name, query, options] of [
    ['in the dark', '?theme=dark', {}],
    ['where the system is dark', '', { colorScheme: 'dark' }],
    ['from right to left', '?lang=ar', {}],
    ['on 320 pixels', '', { viewport: { width: 320, height: 568 } }],
  ]) {
    test(`is accessible ${name}`, { skip }, async () => {
      const page = await open(query, options);
      await page.locator('antiphon-widget .chip', { hasText: QUESTION }).click();
      await answered(page);
      await assertAccessible(page);
      await shot(page, `widget-${name.replaceAll(' ', '-')}`);
      await close(page);
    });
  }

  test('stands on the demo page, which asks it', { skip }, async () => {
    const page = await openPage(browser, `${product.origin}/demo`, { deadline: DEADLINE_MS, reducedMotion: 'reduce' });
    await page.locator('antiphon-widget .launcher').waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: QUESTION }).click();
    await answered(page);
    await assertAccessible(page);
    await shot(page, 'demo');
    await close(page);
  });
});
