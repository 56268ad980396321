// The page at /try with everything real: `antiphon up`, its speech models, its database.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  asset, assertAccessible, heardFromLoudspeaker, launch, openPage, recordingOf, shot,
} from './browser.mjs';
import { BINARY, isBuilt, startProduct } from './product.mjs';

const skip = isBuilt ? false : `${BINARY} does not exist: build it with tools/build release antiphon`;
if (skip) console.log(`skipped: ${skip}`);

const SECONDS = 1000;
const DEADLINE_MS = 90 * SECONDS;

describe('the page at /try and the real server', { timeout: 600 * SECONDS }, () => {
  let product;
  let browser;

  before(async () => {
    if (skip) return;
    product = await startProduct();
    // Played again and again, so that nothing depends on when the call begins.
    const microphone = await recordingOf(9, 'are-you-open-on-saturday.wav', 8);
    browser = await launch({ microphone, loop: true });
  });

  after(async () => {
    await browser?.close();
    if (product) assert.equal(await product.stop(), 0, 'the server ends in order');
  });

  const open = () => openPage(browser, product.link, { deadline: DEADLINE_MS });
  const callerSaid = (page, words) => page
    .locator('#log .turn.caller:not(.guess) .words', { hasText: words }).first().waitFor();
  const agentSaid = (page, words) => page
    .locator('#log .turn.agent .words', { hasText: words }).first().waitFor();
  const pageState = (page, state) => page.locator(`body[data-state=${state}]`).waitFor();

  async function conversation(page) {
    const id = await page.locator('#conversation').textContent();
    const { status, body } = await product.get(`/api/conversations/${id}`);
    assert.equal(status, 200);
    return body;
  }

  // The journal writes within a moment; asked as often as the server answers.
  async function endedConversation(page) {
    const deadline = AbortSignal.timeout(10 * SECONDS);
    let kept = await conversation(page);
    while (kept.conversation.status !== 'ended' && !deadline.aborted) kept = await conversation(page);
    return kept;
  }

  async function close(page) {
    const { faults } = page;
    await page.context().close();
    assert.deepEqual(faults, []);
  }

  test('a question into the microphone is understood, answered aloud, timed and kept', { skip }, async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Talk', exact: true }).click();
    await pageState(page, 'call');
    await heardFromLoudspeaker(page);
    await callerSaid(page, /saturday/i);
    await agentSaid(page, /open at nine in the morning and close at noon/i);
    await page.locator('#replies li').first().waitFor();
    await heardFromLoudspeaker(page);
    const times = (await page.locator('#replies li').first().locator('.ms').allTextContents())
      .map((text) => Number.parseInt(text, 10));
    assert(times.length >= 4, `${times.length} steps`);
    assert(times.at(-1) > 0 && times.at(-1) < 20 * SECONDS, `first sound after ${times.at(-1)} ms`);
    await assertAccessible(page);
    await shot(page, 'real-call');
    // Hanging up earlier would cut what was heard.
    await page.locator('.turn.speaking').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.locator('#status', { hasText: 'You hung up.' }).waitFor();
    const { conversation: kept, messages } = await endedConversation(page);
    assert.equal(kept.status, 'ended');
    assert.equal(kept.end_reason, 'caller_hung_up');
    assert.equal(kept.channel, 'web');
    assert(messages.some(({ speaker, said }) => speaker === 'caller' && /saturday/i.test(said)));
    assert(messages.some(({ speaker, heard }) => speaker === 'agent' && /nine/i.test(heard)));
    await close(page);
  });

  test('a file is spoken into a call of its own, answered, and the call ends by itself', { skip }, async () => {
    const page = await open();
    await page.getByLabel('Drop a WAV or MP3').setInputFiles(asset('how-much-does-a-cleaning-cost.wav'));
    await callerSaid(page, /cleaning/i);
    await agentSaid(page, /ninety dollars/i);
    await page.locator('#status', { hasText: 'The file is through' }).waitFor();
    const { messages } = await endedConversation(page);
    const reply = messages.find(({ speaker, said }) => speaker === 'agent' && /ninety/i.test(said));
    assert.equal(reply.interrupted, false);
    assert.match(reply.heard, /ninety dollars/i);
    await close(page);
  });

  test('a typed question is answered aloud without a microphone', { skip }, async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Where can I park?' }).click();
    await callerSaid(page, 'Where can I park?');
    await agentSaid(page, /park/i);
    await heardFromLoudspeaker(page);
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.locator('#status', { hasText: 'You hung up.' }).waitFor();
    await close(page);
  });

  test('the page is served under a policy that allows no other origin', { skip }, async () => {
    const response = await fetch(`${product.origin}/try`, { signal: AbortSignal.timeout(10_000) });
    const policy = response.headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('content-type'), /^text\/html/);
  });
});
