// The studio with everything real, by mouse and keyboard: `antiphon up`, its models, its database.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAccessible, heardFromLoudspeaker, launch, openPage, recordingOf, shot } from './browser.mjs';
import { BINARY, isBuilt, startProduct } from './product.mjs';

const BUILT = existsSync(fileURLToPath(new URL('../../studio/dist/index.html', import.meta.url)));
const skip = isBuilt && BUILT ? false : `${BINARY} or studio/dist is missing: build them`;
if (skip) console.log(`skipped: ${skip}`);

const SECONDS = 1000;
const DEADLINE_MS = 60 * SECONDS;
const HOSTILE = '<img src=x onerror=alert(1)> \u202eevil\u202c 🦷';
const PERSON = { email: 'ada@example.com', password: 'a long sentence works' };
const HOURS = '# Saturday\n\nOn Saturday we are open from ten until two.\n';

describe('the studio and the real server', { timeout: 600 * SECONDS }, () => {
  let product;
  let browser;

  before(async () => {
    if (skip) return;
    process.env.ANTIPHON_AUTOCONFIRM = 'on';  // the mail of a registration is another test's
    product = await startProduct();
    const microphone = await recordingOf(9, 'are-you-open-on-saturday.wav', 8);
    browser = await launch({ microphone, loop: true });
  });

  after(async () => {
    await browser?.close();
    if (product) assert.equal(await product.stop(), 0, 'the server ends in order');
  });

  const open = (path, options) => openPage(browser, product.origin + path,
    { deadline: DEADLINE_MS, reducedMotion: 'reduce', ...options });
  const openWithKey = async (path, options) => {
    const page = await open(`/#key=${product.key}`, options);
    await page.getByRole('heading', { name: 'Agents', level: 1 }).waitFor();
    if (path !== '/agents') await page.goto(product.origin + path);
    return page;
  };
  const button = (page, name) => page.getByRole('button', { name, exact: true });
  const field = (page, name) => page.getByLabel(name, { exact: true })
    .and(page.locator('input, textarea, select'));
  const saved = (page) => page.locator('.savebar .badge', { hasText: 'Saved' }).waitFor();
  const settled = (page) => page.waitForFunction(
    () => document.querySelector('h1') && !document.querySelector('.skeleton'));

  async function signIn(page) {
    await field(page, 'E-mail address').fill(PERSON.email);
    await field(page, 'Password').fill(PERSON.password);
    await button(page, 'Sign in').click();
  }

  async function close(page) {
    const { faults } = page;
    await page.context().close();
    assert.deepEqual(faults, []);
  }

  async function downloadOf(page, name) {
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
    return readFile(await download.path(), 'utf8');
  }

  test('a person registers, makes an agent, teaches it, talks to it, and exports the conversation', { skip }, async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await assertAccessible(page);
    await shot(page, 'studio-signin');
    await page.getByRole('link', { name: 'Make an account' }).click();
    await field(page, 'E-mail address').fill(PERSON.email);
    await field(page, 'Password').fill(PERSON.password);
    await button(page, 'Make the account').click();
    await field(page, 'Name').fill('Maple Street Dental');
    await button(page, 'Make the workspace').click();
    await page.getByRole('heading', { name: 'No agent yet' }).waitFor();
    await assertAccessible(page);
    await page.getByRole('main').getByRole('button', { name: 'New agent' }).first().click();
    await field(page, 'Name').fill('Desk');
    await button(page, 'Make the agent').click();
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor();

    await button(page, 'Write a document').click();
    await field(page, 'Title').fill('Saturday');
    await field(page, 'Text').fill(HOURS);
    await button(page, 'Save the document').click();
    await page.locator('li', { hasText: 'Saturday' }).locator('.badge.good').waitFor();

    await button(page, 'Type').click();
    await field(page, 'Say something in writing').fill('Are you open on Saturday?');
    await field(page, 'Say something in writing').press('Enter');
    await page.locator('.turn.agent', { hasText: /from ten until two/i }).waitFor();

    await button(page, 'Talk').first().click();
    await page.locator('.trial footer').getByRole('button', { name: 'Talk' }).click();
    await heardFromLoudspeaker(page);
    await page.locator('.turn.caller:not(.guess)', { hasText: /saturday/i }).first().waitFor();
    await page.locator('.turn.agent', { hasText: /from ten until two/i }).first().waitFor();
    await page.getByText('Where the time went').first().click();
    await page.evaluate(() => scrollTo(0, 0));
    await shot(page, 'studio-call');
    const pane = await page.locator('.trial').boundingBox();
    const hangUp = await button(page, 'Hang up').boundingBox();
    assert(hangUp.x + hangUp.width <= pane.x + pane.width, 'the pane holds what is in it');
    await assertAccessible(page);
    await button(page, 'Hang up').click();
    await page.getByText('You hung up.').waitFor();

    await page.getByRole('link', { name: 'Open this conversation' }).click();
    await page.getByText(/caller hung up/).waitFor();
    await page.locator('.turn.agent', { hasText: /from ten until two/i }).first().waitFor();
    await assertAccessible(page);
    await shot(page, 'studio-conversation');
    assert.match(await downloadOf(page, 'Text'), /Caller: .*saturday/i);
    assert.match(await downloadOf(page, 'SRT'), /^1\n00:00:\d\d,\d{3} --> /);
    const { conversation } = JSON.parse(await downloadOf(page, 'JSON'));
    assert.equal(conversation.end_reason, 'caller_hung_up');
    await page.getByRole('link', { name: 'Conversations', exact: true }).click();
    await page.locator(`a[href="/conversations/${conversation.id}"]`).waitFor();
    await close(page);
  });

  test('a session that ends while somebody types asks them to sign in, and keeps what they typed', { skip }, async () => {
    const page = await open('/signin');
    await signIn(page);
    await page.getByRole('link', { name: 'Desk' }).click();
    await field(page, 'Greeting').fill('Good day, Maple Street Dental.');
    await page.context().clearCookies();
    await page.keyboard.press('Control+s');
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    await assertAccessible(page);
    await field(page, 'Password').fill(PERSON.password);
    await button(page, 'Sign in').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await field(page, 'Greeting').inputValue(), 'Good day, Maple Street Dental.');
    await button(page, 'Save').click();
    await saved(page);
    await page.reload();
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor();
    assert.equal(await field(page, 'Greeting').inputValue(), 'Good day, Maple Street Dental.');
    await button(page, 'Sign out').click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await close(page);
  });

  test('two tabs that change an agent settle it: both changes, or the one that was chosen', { skip }, async () => {
    const first = await openWithKey('/agents/front-desk');
    const second = await openWithKey('/agents/front-desk');
    await field(first, 'Greeting').fill('Greeting of the first tab.');
    await field(second, 'Description').fill('Description of the second tab.');
    await button(second, 'Save').click();
    await saved(second);
    await button(first, 'Save').click();
    await first.getByRole('dialog', { name: 'Somebody else saved this agent' }).waitFor();
    await assertAccessible(first);
    await button(first, 'Save both').click();
    await saved(first);
    assert.equal(await field(first, 'Description').inputValue(), 'Description of the second tab.');

    await field(second, 'Greeting').fill('Greeting of the second tab.');
    await second.keyboard.press('Control+s');
    await second.getByText('greeting', { exact: true }).waitFor();
    await button(second, 'Take theirs').click();
    assert.equal(await field(second, 'Greeting').inputValue(), 'Greeting of the first tab.');
    await close(first);
    await close(second);
  });

  test('a reload brings back what was not saved', { skip }, async () => {
    const page = await openWithKey('/agents/front-desk');
    page.on('dialog', (dialog) => dialog.accept());
    await field(page, 'Prompt').fill('Half a sentence that nobody');
    await page.reload();
    await page.getByText('This browser kept changes').waitFor();
    assert.equal(await field(page, 'Prompt').inputValue(), 'Half a sentence that nobody');
    await button(page, 'Discard').click();
    await saved(page);
    await close(page);
  });

  test('a name that is markup and turns text around stays a name', { skip }, async () => {
    const page = await openWithKey('/agents');
    await page.keyboard.press('n');
    await field(page, 'Name').fill(HOSTILE);
    await button(page, 'Make the agent').click();
    await page.getByRole('heading', { level: 1, name: '<img src=x' }).waitFor();
    assert.equal(await page.locator('h1 img').count(), 0);
    await page.getByRole('link', { name: 'All agents' }).click();
    const row = page.locator('li', { hasText: '<img src=x' });
    await row.getByRole('button', { name: 'Archive' }).click();
    await row.waitFor({ state: 'detached' });
    await button(page, 'Undo').click();
    await row.waitFor();
    await close(page);
  });

  test('the keyboard alone leads anywhere', { skip }, async () => {
    const page = await openWithKey('/agents');
    await settled(page);
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL('**/conversations');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Where to' }).waitFor();
    await page.keyboard.type('front');
    await page.getByRole('dialog').getByRole('option', { name: /Front desk/ }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/agents/front-desk');
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await close(page);
  });

  test('a running conversation appears on the live page, is read along and ended', { skip }, async () => {
    const page = await openWithKey('/live');
    await page.locator('.badge', { hasText: 'Connected' }).waitFor();
    const talk = await openWithKey('/agents/front-desk');
    await talk.locator('.trial footer').getByRole('button', { name: 'Talk' }).click();
    const card = page.getByRole('listitem', { name: 'Conversation with Front desk' });
    await card.locator('.turn.agent').first().waitFor();
    await heardFromLoudspeaker(talk);
    assert.equal(await card.count(), 1);
    await assertAccessible(page);
    await shot(page, 'studio-live');
    await card.getByRole('button', { name: 'End' }).click();
    await card.waitFor({ state: 'detached' });
    await talk.getByText('The call was ended through the API.').waitFor();
    await talk.getByRole('link', { name: 'Open this conversation' }).click();
    await talk.getByRole('img', { name: /Both sides of a recording/ }).waitFor();
    await button(talk, 'Load the recording').click();
    await talk.waitForFunction(() => document.querySelector('audio')?.duration > 0.5);
    await assertAccessible(talk);
    await shot(talk, 'studio-recording');
    await close(talk);
    await close(page);
  });

  test('a key is shown once, and a secret never', { skip }, async () => {
    const page = await openWithKey('/settings/keys');
    await button(page, 'New key').click();
    await field(page, 'Name').fill('nightly report');
    await button(page, 'Make the key').click();
    assert.match(await field(page, 'API key').inputValue(), /^antiphon_/);
    await button(page, 'Close').click();
    await page.getByRole('listitem').filter({ hasText: 'nightly report' }).waitFor();
    await page.goto(`${product.origin}/settings/secrets`);
    await button(page, 'Store a secret').click();
    await field(page, 'Name').fill('sip-main');
    await field(page, 'Value').fill('correct horse battery 9931');
    await button(page, 'Store').click();
    await page.getByRole('listitem').filter({ hasText: 'sip-main' }).waitFor();
    assert.doesNotMatch(await page.content(), /correct horse/);
    await close(page);
  });

  const ROUTES = ['/agents', '/agents?new', '/agents/front-desk', '/live', '/conversations',
    '/settings/members', '/settings/keys', '/settings/secrets', '/settings/audit', '/settings/system',
    '/settings/appearance', '/agents/nobody', '/conversations/nothing'];
  for (const [theme, width] of [['light', 1280], ['dark', 1280], ['light', 320], ['dark', 320]]) {
    test(`every page is accessible and fits, ${theme}, ${width} pixels wide`, { skip }, async () => {
      const page = await openWithKey('/agents',
        { colorScheme: theme, viewport: { width, height: 800 } });
      for (const route of ROUTES) {
        await page.goto(product.origin + route);
        await settled(page).catch(() => page.getByRole('alert').waitFor());
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
        assert(await page.evaluate(() => document.documentElement.scrollWidth) <= width, route);
        await assertAccessible(page);
        await shot(page, `studio${route.replaceAll(/\W+/g, '-')}-${theme}-${width}`);
      }
      await close(page);
    });
  }
});
