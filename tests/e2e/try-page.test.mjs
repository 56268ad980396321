// The page at /try, against a stand-in server that can be made to fail.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import {
  asset, assertAccessible, heardFromLoudspeaker, launch, loudspeakerSilent, openPage, recordingOf, shot,
} from './browser.mjs';
import { AGENT, CONVERSATION, KEY, startStandIn } from './stand-in.mjs';

const QUESTION = 'are-you-open-on-saturday.wav';
const WORDS = 'Are you open on Saturday?';
const ANSWER = 'On Saturday we are open from nine in the morning, until noon.';
const LATENCY = {
  turn_ended_ms: 212, transcript_final_ms: 305, first_text_ms: 331, first_audio_ready_ms: 486,
  first_audio_sent_ms: 502,
};

let browser;
let standIn;
let page;

before(async () => { browser = await launch({ microphone: await recordingOf(2.5, QUESTION, 60) }); });
after(() => browser.close());
beforeEach(async () => { standIn = await startStandIn(); });
afterEach(async () => {
  const faults = page?.faults ?? [];
  await page?.context().close();
  page = null;
  await standIn.close();
  assert.deepEqual(faults, []);
});

const open = async (options, link = standIn.link) => {
  page = await openPage(options?.browser ?? browser, link, options);
};
const button = (name) => page.getByRole('button', { name, exact: true });
const status = (text) => page.locator('#status').filter({ hasText: text }).waitFor();
const notice = (text) => page.getByRole('alert').filter({ hasText: text }).waitFor();
const turns = (who) => page.locator(`#log .turn.${who}:not(.guess) .words`);
const pageState = (state) => page.locator(`body[data-state=${state}]`).waitFor();

async function talk() {
  await button('Talk').click();
  const line = await standIn.line();
  line.start();
  await pageState('call');
  return line;
}

async function converse(line) {
  await line.greet();
  await line.callerSpeaks(1, WORDS);
  await line.say('g1', ANSWER, 2, { latency: LATENCY });
}

test('the key of the link is kept in the tab, leaves the address bar and no request line holds it',
  async () => {
    await open();
    await page.getByRole('heading', { name: 'Front desk' }).waitFor();
    assert.equal(page.url(), `${standIn.origin}/try`);
    assert.equal(await page.evaluate(() => sessionStorage.getItem('antiphon.key')), KEY);
    assert.deepEqual(standIn.requests.filter((line) => line.includes('antiphon_')), []);
    await page.reload();
    await pageState('ready');
    await assertAccessible(page);
    await shot(page, 'ready-light');
  });

test('without a key a form says where it is and takes the whole link', async () => {
  await open({}, `${standIn.origin}/try`);
  await page.getByRole('heading', { name: 'This page needs your API key' }).waitFor();
  await page.getByText('make run').waitFor();
  await assertAccessible(page);
  await shot(page, 'key-light');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'key');
  await page.getByRole('textbox', { name: 'API key' }).fill(standIn.link);
  await page.keyboard.press('Enter');
  await pageState('ready');
});

test('a wrong key is said to be wrong, forgotten, and another one can be given', async () => {
  await open({}, `${standIn.origin}/try#key=antiphon_wrong`);
  await notice('does not accept this key');
  await assertAccessible(page);
  assert.equal(await page.evaluate(() => sessionStorage.getItem('antiphon.key')), null);
  await page.goto(standIn.link);  // the same page: only the fragment differs
  await pageState('ready');
  assert.equal(await page.getByRole('alert').isVisible(), false);
});

test('a workspace without agents says how to make one', async () => {
  standIn.agents = [];
  await open();
  await page.getByRole('heading', { name: 'There is no agent yet' }).waitFor();
  await page.getByText(`curl ${standIn.origin}/api/agents`).waitFor();
  await assertAccessible(page);
  await shot(page, 'no-agents');
  standIn.agents = [AGENT];
  await button('Try again').click();
  await pageState('ready');
});

test('a server that cannot answer is tried again by a button', async () => {
  let broken = true;
  standIn.answer = (path) => broken && path === '/api/agents'
    && { status: 503, body: { title: 'Unavailable', detail: 'The database is away.' } };
  await open();
  await page.getByText('The database is away.').waitFor();
  await assertAccessible(page);
  broken = false;
  await button('Try again').click();
  await pageState('ready');
});

test('the agent in the address is chosen, and choosing another one changes the address', async () => {
  standIn.agents = [AGENT, { ...AGENT, id: 'other', slug: 'sales', name: 'Sales', description: '' }];
  await open({}, `${standIn.origin}/try?agent=sales#key=${KEY}`);
  await page.getByRole('heading', { name: 'Sales' }).waitFor();
  await page.getByLabel('Agent', { exact: true }).selectOption('Front desk');
  await page.getByRole('heading', { name: 'Front desk' }).waitFor();
  assert.equal(page.url(), `${standIn.origin}/try?agent=front-desk`);
});

test('a spoken call: words grey until final, sound played, times drawn, ended by hanging up', async () => {
  await open();
  const line = await talk();
  const greeted = line.greet();
  await heardFromLoudspeaker(page);
  await greeted;
  const spoken = line.callerSpeaks(1, WORDS);
  await page.locator('#log .guess .words', { hasText: 'Are you' }).waitFor();
  await spoken;
  assert.equal(await turns('caller').textContent(), WORDS);
  assert.equal(await page.locator('#log .guess').count(), 0);
  const replied = line.say('g1', ANSWER, 2, { latency: LATENCY });
  await heardFromLoudspeaker(page);
  await page.getByText('Speaking: talk to interrupt').waitFor();
  await assertAccessible(page);
  await replied;
  assert.equal(await turns('agent').last().textContent(), ANSWER);
  const rows = await page.locator('#replies tr').allTextContents();
  assert.deepEqual(rows, ['End of your turn212 ms', 'Your words305 ms', 'First text331 ms',
    'First sound made486 ms', 'First sound sent502 ms']);
  assert.equal(await page.locator('#replies .question').textContent(), WORDS);
  assert(line.frames.every((frame) => frame.length === 320), 'frames of 20 ms');
  await button('Hang up').click();
  await line.hungUp();
  await status('You hung up.');
  await loudspeakerSilent(page);
  const ribbon = await page.locator('#strip-canvas').getAttribute('aria-label');
  assert.match(ribbon, /you spoke 1 times, the agent \d+ times, longest wait \d/);
  await assertAccessible(page);
  await button('Talk').waitFor();
});

test('an interruption stops the sound at once and strikes what was not heard', async () => {
  await open();
  const line = await talk();
  await line.greet();
  line.send('reply.started', { generation: 'g1', prompt: 'answer' });
  line.send('reply.text', { generation: 'g1', text: 'A checkup costs forty dollars,' });
  line.send('reply.text', { generation: 'g1', text: 'and a cleaning costs ninety dollars.' });
  line.burst(9);
  await heardFromLoudspeaker(page);
  const before = line.frames.length;
  line.send('clear');
  line.send('reply.interrupted', { generation: 'g1', heard: 'A checkup costs forty' });
  await page.getByText('Listening').waitFor();  // a pause between two words is silent as well
  await loudspeakerSilent(page);
  assert((line.frames.length - before) * 20 < 3000, 'silent long before the nine seconds are over');
  await page.locator('#log .cut').waitFor();
  assert.equal(await page.locator('#log .cut .words span').textContent(), 'A checkup costs forty');
  assert.equal(await page.locator('#log .cut del').textContent(),
    ' dollars, and a cleaning costs ninety dollars.');
  assert.match(await page.locator('#strip-canvas').getAttribute('aria-label'), /you interrupted 1 times/);
  await assertAccessible(page);
});

test('muted, the microphone sends silence and the call goes on', async () => {
  await open();
  const line = await talk();
  await button('Mute').click();
  await line.greet();
  const before = line.frames.length;
  await line.until(() => line.frames.length > before + 150, 'send audio for three seconds');
  assert.equal(line.loudFrames, 0);
  assert.equal(await button('Mute').getAttribute('aria-pressed'), 'true');
});

test('a file is spoken once the greeting is over, and the call ends after its reply', async () => {
  await open();
  await page.getByLabel('Drop a WAV or MP3').setInputFiles(asset('how-much-does-a-cleaning-cost.wav'));
  const line = await standIn.line();
  line.start();
  await line.greet();
  assert.equal(line.loudFrames, 0, 'the file would interrupt the greeting');
  await line.callerSpeaks(1, 'How much does a cleaning cost?');
  assert(line.loudFrames > 40, `${line.loudFrames} loud frames of the file`);
  assert.equal(await button('Mute').isVisible(), false, 'there is no microphone to mute');
  await line.say('g1', 'A cleaning costs ninety dollars.', 1, { latency: LATENCY });
  await line.hungUp();
  await status('The file is through');
  assert.equal(await turns('caller').textContent(), 'How much does a cleaning cost?');
});

test('a file dropped on the page is taken, one that is not audio is refused in words', async () => {
  await open();
  await pageState('ready');
  const drop = (name, type, text) => page.evaluate(([fileName, fileType, content]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], fileName, { type: fileType }));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  }, [name, type, text]);
  await drop('notes.txt', 'text/plain', 'not audio');
  await notice('notes.txt is not audio that this browser can read');
  await pageState('ready');
});

test('typing starts a call without asking for the microphone', async () => {
  await open();
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => { throw new Error('asked for the microphone'); };
  });
  await page.getByLabel('Type instead of speaking').fill('Is there parking?');
  await page.keyboard.press('Enter');
  const line = await standIn.line();
  line.start();
  await line.greet();
  const typed = () => line.messages.filter(({ type }) => type === 'text');
  await line.until(() => typed().length, 'send the text');
  assert.deepEqual(typed(), [{ type: 'text', text: 'Is there parking?' }]);
  line.send('transcript.final', { turn: 1, text: 'Is there parking?' });
  await line.say('g1', 'You can park behind the building.', 0.4);
  await page.getByLabel('Type instead of speaking').fill('Thank you');
  await page.keyboard.press('Enter');
  await line.until(() => typed().length === 2, 'send the second text');
  assert.equal(line.loudFrames, 0);
});

test('an example question is asked by a click', async () => {
  await open();
  await button('Where can I park?').click();
  const line = await standIn.line();
  line.start();
  await line.greet();
  await line.until(() => line.messages.length, 'send the text');
  assert.deepEqual(line.messages, [{ type: 'text', text: 'Where can I park?' }]);
});

test('while speech is loading the page says so, and the call begins when it is there', async () => {
  await open();
  await button('Talk').click();
  const line = await standIn.line();
  line.send('session.waiting', { message: 'speech is still loading' });
  await status('Speech is still loading');
  await assertAccessible(page);
  line.start();
  await pageState('call');
});

test('a server that is silent after the connection is said to be loading too', async () => {
  await open();
  await button('Talk').click();
  await standIn.line();
  await status('Speech is still loading');
});

for (const [code, words] of [[1013, 'The server is busy'], [1011, 'failed on the server'],
  [1012, 'The server is stopping'], [1008, 'a rule of the audio socket was broken']]) {
  test(`close code ${code} is explained, and the next call works`, async () => {
    await open();
    await button('Talk').click();
    (await standIn.line()).socket.close(code);
    await notice(words);
    await pageState('ready');
    await button('Talk again').click();
    (await standIn.line()).start();
    await pageState('call');
    assert.equal(await page.getByRole('alert').isVisible(), false);
  });
}

test('a connection that is lost keeps what was said', async () => {
  await open();
  const line = await talk();
  await converse(line);
  line.socket.terminate();
  await notice('The connection was lost');
  await status('The call is over.');
  assert.equal(await turns('caller').textContent(), WORDS);
  await button('Talk').waitFor();
  await assertAccessible(page);
});

test('a conversation that is refused says why', async () => {
  standIn.answer = (path) => path === '/api/conversations'
    && { status: 503, body: { title: 'Unavailable', detail: 'Speech is still loading.' } };
  await open();
  await button('Talk').click();
  await notice('Speech is still loading.');
  await pageState('ready');
  standIn.answer = () => null;
  await button('Try again').click();
  (await standIn.line()).start();
  await pageState('call');
});

for (const [reason, words] of [['agent_said_goodbye', 'The agent said goodbye'], ['idle', 'Nobody spoke'],
  ['handed_over', 'handed you over'], ['duration_limit', 'longest time'], ['failure', 'failed on the server']]) {
  test(`a call that ends with ${reason} says so in words`, async () => {
    await open();
    (await talk()).end(reason);
    await status(words);
    await pageState('ready');
  });
}

test('trouble inside a call is told without ending it', async () => {
  await open();
  const line = await talk();
  line.send('error', { code: 'reply_failed', message: 'x' });
  await notice('The reply failed. Ask again.');
  await pageState('call');
});

test('a refused microphone is explained; typing and files still work', async () => {
  const strict = await launch({ microphone: asset(QUESTION), ask: false });
  try {
    await open({ browser: strict, permissions: [] });
    await button('Talk').click();
    await notice('did not let this page use the microphone');
    await assertAccessible(page);
    await shot(page, 'microphone-refused');
    await page.getByLabel('Drop a WAV or MP3').setInputFiles(asset(QUESTION));
    (await standIn.line()).start();
    await pageState('call');
  } finally {
    await page.context().close();
    await strict.close();
  }
});

test('a machine without a microphone is told so', async () => {
  const deaf = await launch({ microphone: null });
  try {
    await open({ browser: deaf });
    await button('Talk').click();
    await notice('No microphone was found');
    await pageState('ready');
  } finally {
    await page.context().close();
    await deaf.close();
  }
});

test('the id is copied and the stored conversation shown as JSON', async () => {
  await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  const line = await talk();
  await converse(line);
  await button('Copy id').click();
  await button('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), CONVERSATION);
  await page.getByText('What the server keeps of it').click();
  await page.locator('#raw-json', { hasText: '"channel": "web"' }).waitFor();
  assert(standIn.requests.includes(`GET /api/conversations/${CONVERSATION}`));
  await assertAccessible(page);
});

test('a whole call by keyboard: every step has visible focus and none loses it', async () => {
  await open();
  await pageState('ready');
  const focus = () => page.evaluate(() => {
    const { id, tagName } = document.activeElement;
    return id || tagName;
  });
  const order = [];
  await page.evaluate(() => document.activeElement.blur());
  for (let step = 0; step < 9; step++) {
    await page.keyboard.press('Tab');
    order.push(await focus());
    assert.equal(await page.evaluate(() => {
      const { activeElement: element } = document;
      const ringed = element.type === 'file' ? element.parentElement : element;
      return getComputedStyle(ringed).outlineStyle;
    }), 'solid', order.at(-1));
  }
  assert.deepEqual(order, ['agent', 'talk', 'file', 'strip', 'BUTTON', 'BUTTON', 'BUTTON', 'text', 'BUTTON']);
  await page.locator('#talk').focus();
  await page.keyboard.press('Enter');
  const line = await standIn.line();
  line.start();
  await pageState('call');
  assert.equal(await focus(), 'talk');
  await page.keyboard.press('Enter');
  await line.hungUp();
  await status('You hung up.');
  assert.equal(await focus(), 'talk');
});

for (const colorScheme of ['light', 'dark']) {
  for (const [name, viewport] of [['desk', { width: 1280, height: 900 }], ['phone', { width: 320, height: 640 }]]) {
    test(`${colorScheme} ${name}: contrast, no sideways scroll, targets of 24 px and more`, async () => {
      await open({ colorScheme, viewport, reducedMotion: name === 'phone' ? 'reduce' : null });
      const line = await talk();
      await converse(line);
      line.send('transcript.final', { turn: 2, text: 'And what do a checkup and a filling cost?' });
      line.send('reply.started', { generation: 'g2', prompt: 'answer' });
      line.send('reply.text', { generation: 'g2', text: 'A checkup costs forty dollars.' });
      line.send('reply.text', { generation: 'g2', text: 'A filling costs one hundred and fifty dollars.' });
      await line.sound(1.4);
      line.send('reply.interrupted', { generation: 'g2', heard: 'A checkup costs forty dollars. A filling' });
      line.send('reply.latency', { generation: 'g2', ...LATENCY, first_text_ms: 690, first_audio_ready_ms: 1050, first_audio_sent_ms: 1300 });
      await page.locator('#replies li').nth(1).waitFor();
      await assertAccessible(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
      const small = await page.evaluate(() => [...document.querySelectorAll('button, select, input, summary')]
        .map((element) => [element.id, element.getBoundingClientRect()])
        .filter(([, { width, height }]) => width && (width < 24 || height < 24)).map(([id]) => id));
      assert.deepEqual(small, []);
      await shot(page, `call-${name}-${colorScheme}`, { fullPage: true });
    });
  }
}

test('after the call the ribbon can be scrolled back by keyboard', async () => {
  await open({ viewport: { width: 320, height: 640 } });
  const line = await talk();
  await converse(line);
  line.end('agent_said_goodbye');
  await pageState('ready');
  const strip = page.locator('#strip');
  await page.waitForFunction(() => document.getElementById('strip').scrollLeft > 0);
  const end = await strip.evaluate((element) => element.scrollLeft);
  await strip.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((at) => document.getElementById('strip').scrollLeft < at, end);
});
