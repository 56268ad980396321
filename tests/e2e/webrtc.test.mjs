// A call over WebRTC with everything real: Chromium, `antiphon up`, its speech models.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, openPage, recordingOf } from './browser.mjs';
import { BINARY, isBuilt, startProduct } from './product.mjs';

const skip = isBuilt ? false : `${BINARY} does not exist: build it with tools/build release antiphon`;
if (skip) console.log(`skipped: ${skip}`);

const SECONDS = 1000;
const DEADLINE_MS = 90 * SECONDS;

// In the page: connects with the token, and notes what happens and what the analyser hears.
async function connect(token) {
  const call = { events: [], peak: 0, connectedMs: null };
  window.call = call;
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const pc = new RTCPeerConnection();
  call.pc = pc;
  pc.addTrack(microphone.getAudioTracks()[0], microphone);
  pc.ontrack = ({ track }) => {
    const stream = new MediaStream([track]);
    const player = document.createElement('audio');
    player.srcObject = stream;
    player.muted = true;
    player.play();
    const context = new AudioContext();
    context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      call.level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
      call.peak = Math.max(call.peak, call.level);
    }, 20);
  };
  const begun = performance.now();
  pc.onconnectionstatechange = () => {
    if (pc.connectionState === 'connected') call.connectedMs ??= performance.now() - begun;
  };
  await pc.setLocalDescription();
  const answer = await fetch('/webrtc/offer', {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/sdp' },
    body: pc.localDescription.sdp,
  });
  call.status = answer.status;
  call.answer = await answer.text();
  if (answer.status !== 201) return call.answer;
  call.session = answer.headers.get('Location');
  await pc.setRemoteDescription({ type: 'answer', sdp: call.answer });
  call.listen = () => {
    const url = new URL(`${call.session}/events?after=${call.events.length}`, location.href);
    call.socket = new WebSocket(url.href.replace(/^http/, 'ws'));
    call.socket.onmessage = ({ data }) => call.events.push(JSON.parse(data));
    call.socket.onclose = ({ code }) => { call.closed = code; };
  };
  call.listen();
  return 'begun';
}

describe('a call over WebRTC', { timeout: 600 * SECONDS }, () => {
  let product;
  let browser;

  before(async () => {
    if (skip) return;
    product = await startProduct();
    const microphone = await recordingOf(9, 'are-you-open-on-saturday.wav', 8);
    browser = await launch({ microphone, loop: true });
  });

  after(async () => {
    await browser?.close();
    if (product) assert.equal(await product.stop(), 0, 'the server ends in order');
  });

  async function token() {
    const response = await fetch(`${product.origin}/api/conversations`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${product.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ agent: 'front-desk', mode: 'voice' }),
    });
    const { socket } = await response.json();
    return new URL(socket.path, product.origin).searchParams.get('token');
  }

  // Speech may still be loading: then the token stays good.
  async function begin(page) {
    const given = await token();
    const deadline = Date.now() + DEADLINE_MS;
    let outcome = await page.evaluate(connect, given);
    while (outcome !== 'begun' && Date.now() < deadline) {
      outcome = await page.evaluate(connect, given);
    }
    assert.equal(outcome, 'begun');
  }

  test('a question is heard, answered aloud, and the page that hangs up ends the call', { skip }, async () => {
    const page = await openPage(browser, `${product.origin}/try`, { deadline: DEADLINE_MS });
    await begin(page);
    await page.waitForFunction(() => window.call.connectedMs !== null);
    await page.waitForFunction(() => window.call.peak > 0.01);
    await page.waitForFunction(() => window.call.events.some((event) => /saturday/i.test(JSON.stringify(event))));
    await page.waitForFunction(() => window.call.events.some((event) => /nine in the morning/i.test(JSON.stringify(event))));
    await page.evaluate(() => { window.call.peak = 0; });
    await page.waitForFunction(() => window.call.peak > 0.01);
    const { connectedMs, kept } = await page.evaluate(() => ({
      connectedMs: window.call.connectedMs, kept: window.call.events.length }));
    console.log(`connected ${Math.round(connectedMs)} ms after the offer was made`);
    // A socket that broke is opened again, and nothing is missing or doubled.
    await page.evaluate(() => { window.call.socket.close(); window.call.listen(); });
    await page.waitForFunction((count) => window.call.events.length > count, kept);
    const status = await page.evaluate(async () => (
      await fetch(window.call.session, { method: 'DELETE' })).status);
    assert.equal(status, 204);
    await page.waitForFunction(() => window.call.events.some(({ type }) => type === 'session.ended'));
    const types = await page.evaluate(() => window.call.events.map(({ type }) => type));
    assert.equal(types.filter((type) => type === 'session.started').length, 1);
    assert.equal(types.filter((type) => type === 'session.ended').length, 1);
    await page.context().close();
  });

  test('an offer that cannot be used says why, and keeps the token', { skip }, async () => {
    const headers = { Authorization: `Bearer ${await token()}` };
    const post = (body) => fetch(`${product.origin}/webrtc/offer`, { method: 'POST', headers, body });
    const garbage = await post('hello');
    assert.equal(garbage.status, 422);
    assert.match(await garbage.text(), /v=0/);
    const silent = await post('v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n');
    assert.match(await silent.text(), /no audio/);
    assert.equal((await fetch(`${product.origin}/webrtc/sessions/0000`, { method: 'DELETE' })).status, 404);
  });
});
