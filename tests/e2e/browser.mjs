// Chromium with a microphone that plays a file, and what every test of a page asks of it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SHOTS = process.env.ANTIPHON_SHOTS;  // a folder, to look at what the tests saw
const WAV_HEADER_BYTES = 44;
export const DEADLINE_MS = 15_000;

export const asset = (name) => fileURLToPath(new URL(`assets/${name}`, import.meta.url));

function chromiumPath() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
  assert(found, 'there is no Chromium: install it, or name it in CHROMIUM');
  return found;
}

// `microphone`: a WAV, played once or in a loop; null: the machine has none. `ask`: the browser's question is answered yes.
export async function launch({ microphone = null, ask = true, loop = false } = {}) {
  const args = ['--no-sandbox', '--autoplay-policy=user-gesture-required',
    '--allow-loopback-in-peer-connection'];
  if (ask) args.push('--use-fake-ui-for-media-stream');
  if (microphone) {
    args.push('--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}${loop ? '' : '%noloop'}`);
  }
  return chromium.launch({ executablePath: chromiumPath(), args });
}

// A WAV for the fake microphone: each number is that many seconds of silence, each string an asset.
export async function recordingOf(...parts) {
  const chunks = await Promise.all(parts.map(async (part) => (typeof part === 'number'
    ? Buffer.alloc(2 * Math.round(part * 16000))
    : (await readFile(asset(part))).subarray(WAV_HEADER_BYTES))));
  const samples = Buffer.concat(chunks);
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16000, 24);
  header.writeUInt32LE(32000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  const folder = await mkdtemp(join(tmpdir(), 'antiphon-e2e-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'microphone.wav');
  await writeFile(path, Buffer.concat([header, samples]));
  return path;
}

// Everything that goes to the loudspeaker also goes through an analyser.
function tapLoudspeaker() {
  const connect = AudioNode.prototype.connect;
  const taps = [];
  AudioNode.prototype.connect = function tapped(target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const tap = new AnalyserNode(this.context, { fftSize: 1024 });
      connect.call(this, tap);
      taps.push(tap);
    }
    return connect.call(this, target, ...rest);
  };
  window.loudness = () => Math.max(0, ...taps.filter((tap) => tap.context.state === 'running')
    .map((tap) => {
      const samples = new Float32Array(tap.fftSize);
      tap.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    }));
}

// A page whose console errors, policy violations and foreign requests are collected; `mayAsk`: the
// other origins that it may ask.
export async function openPage(browser, link, { mayAsk = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(options.deadline ?? DEADLINE_MS);
  page.faults = [];
  const origin = new URL(link).origin;
  page.on('console', (message) => {
    // Chromium reports an HTTP error status itself; the test of that status says what must follow.
    const expected = /Failed to load resource|WebSocket connection/.test(message.text());
    if (message.type() === 'error' && !expected) page.faults.push(message.text());
  });
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('request', (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (asked !== origin && !mayAsk.includes(asked) && protocol !== 'data:') page.faults.push(`asked ${request.url()}`);
  });
  await page.addInitScript(tapLoudspeaker);
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
    (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(link);
  return page;
}

export async function assertAccessible(page) {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const violations = await page.evaluate(async (rules) => {
    const { violations: found } = await window.axe.run(document, { runOnly: rules });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${
      node.failureSummary}`).join(' | ')}`);
  }, RULES);
  assert.deepEqual(violations, []);
}

export const heardFromLoudspeaker = (page) => page.waitForFunction(() => window.loudness() > 0.01);
export const loudspeakerSilent = (page) => page.waitForFunction(() => window.loudness() < 1e-4);

export async function shot(page, name, options = {}) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), ...options });
}
