// The page: what its buttons do and what follows from what the server says.
//
//   key → ready ⇄ microphone → connecting (→ warming) → call → ending → ready
import { ApiError, forgetKey, listAgents, rememberKey, storedKey, takeKeyFromAddress } from './api.js';
import { FileError, MicrophoneError, NEEDS_SOUND, Sound, askForMicrophone, decodeFile } from './audio.js';
import { Call } from './call.js';
import { Prepared } from './prepared.js';
import { Record } from './record.js';
import { Ribbon } from './ribbon.js';
import { Transcript } from './transcript.js';
import { byId, view } from './view.js';
import { Waterfall } from './waterfall.js';
import {
  ANSWERED, MAKE_ONE, MICROPHONE_LOST, NO_AGENTS, NO_REPLY, NO_SERVER, OVER, REASONS, TROUBLE, WRONG_KEY, makeOne,
} from './words.js';

const WARMING_AFTER_MS = 1500;

const transcript = new Transcript(byId('log'), byId('examples'));
const waterfall = new Waterfall({
  list: byId('replies'), empty: byId('replies-empty'), summary: byId('replies-summary'),
});
const ribbon = new Ribbon({
  strip: byId('strip'), length: byId('strip-length'), canvas: byId('strip-canvas'),
});
const record = new Record();

let agents = [];
let attempt = null;  // the call in progress and what belongs to it: { call, sound, prepared }

const chosenAgent = () => agents.find(({ id }) => id === byId('agent').value);

async function load() {
  view.notice();
  if (!storedKey()) return view.askForKey();
  try {
    agents = await listAgents();
  } catch (error) {
    return error.status === 401 ? refused(error) : view.blank(NO_SERVER, error.message, load);
  }
  if (!agents.length) return view.blank(NO_AGENTS, MAKE_ONE, load, makeOne(location.origin));
  const wanted = new URLSearchParams(location.search).get('agent') ?? 'front-desk';
  const chosen = agents.find(({ slug, id }) => slug === wanted || id === wanted) ?? agents[0];
  view.showDesk(agents, chosen);
  view.describe(chosen, sendText);
  view.enter('ready');
}

function refused(error, again) {
  if (error.status === 401) {
    forgetKey();
    return view.askForKey(WRONG_KEY);
  }
  const expected = [ApiError, MicrophoneError, FileError].some((kind) => error instanceof kind);
  if (!expected) console.error(error);
  view.notice(error.message, error instanceof FileError ? '' : 'Try again', again);
}

// `prepared` is what to say once the agent has greeted; without it the microphone is opened.
async function start(prepared = null) {
  const mine = { prepared };
  attempt = mine;
  view.notice();
  for (const part of [transcript, waterfall, ribbon]) part.reset();
  try {
    await connect(mine);
  } catch (error) {
    if (attempt !== mine) return;
    release(mine);
    view.enter('ready');
    refused(error, () => start(prepared?.again()));
  }
}

async function connect(mine) {
  const gone = () => attempt !== mine;
  let stream = null;
  if (!mine.prepared) {
    view.enter('microphone');
    stream = await askForMicrophone();
    if (gone()) return stream.getTracks().forEach((track) => track.stop());
  }
  view.enter('connecting');
  mine.sound = await Sound.open(stream);
  if (gone()) return mine.sound.close();
  if (mine.prepared?.audio && mine.sound.silent) throw new FileError(NEEDS_SOUND);
  view.microphone(Boolean(stream));
  const call = new Call({
    onEvent: (event) => hear(mine, event),
    onAudio: (frame) => mine.sound.play(frame),
    onEnd: (outcome) => finish(mine, outcome),
  });
  mine.call = call;
  connectSound(mine);
  await call.open(chosenAgent().id);
  if (gone()) return;
  record.show(call.id);
  mine.warming = setTimeout(() => {
    if (!gone() && view.state === 'connecting') view.enter('warming');
  }, WARMING_AFTER_MS);
}

function connectSound({ sound, call }) {
  sound.onFrame = (frame, level) => {
    ribbon.level('caller', level);
    view.level(sound.stream && !sound.muted ? level : 0);
    call.sendFrame(frame);
  };
  sound.onAgentLevel = (level) => ribbon.level('agent', level);
  sound.onAgentSounding = (on) => {
    ribbon.agentSounding(on);
    // Cut off by the caller, it is the caller's moment already.
    if (on) view.moment('speaking');
    else if (document.body.dataset.moment === 'speaking') view.moment('listening');
  };
  sound.onFileEnded = () => attempt?.prepared?.fileEnded();
  sound.onMicrophoneLost = () => view.notice(MICROPHONE_LOST);
}

function hear(mine, event) {
  transcript.handle(event);
  ribbon.handle(event);
  mine.prepared?.handle(event);
  switch (event.type) {
    case 'session.waiting': view.enter('warming'); break;
    case 'session.started':
      view.enter('call');
      view.moment('listening');
      view.startClock();
      ribbon.start(event.at_ms ?? 0);
      if (mine.prepared) say(mine, mine.prepared, !chosenAgent().configuration?.greeting);
      break;
    case 'caller.speech_started': view.moment('hearing'); break;
    case 'caller.speech_ended': view.moment('thinking'); break;
    case 'agent.paused': view.moment('paused'); break;
    case 'agent.resumed': view.moment('speaking'); break;
    case 'clear': mine.sound.clear(); break;
    case 'reply.latency': waterfall.add(event, transcript.questionOf(event)); break;
    case 'error': view.notice(TROUBLE[event.code] ?? event.message ?? event.code); break;
  }
}

function say(mine, prepared, now) {
  mine.prepared = prepared;
  const done = (answered) => fileDone(mine, answered);
  prepared.begin({ call: mine.call, sound: mine.sound, done, now });
}

// A call made for a file ends with its reply; one with a microphone or a person who types goes on.
async function fileDone(mine, answered) {
  mine.prepared = null;
  if (!answered) view.notice(NO_REPLY);
  if (mine.sound.stream) return;
  await mine.sound.drained();
  if (attempt !== mine || view.state !== 'call') return;
  mine.ending = ANSWERED;
  hangUp();
}

function hangUp() {
  if (!attempt?.call) {  // the browser still asks about the microphone
    release(attempt);
    return view.enter('ready');
  }
  view.enter('ending');
  attempt.sound.clear();
  attempt.call.hangUp();
}

async function finish(mine, { reason, failure }) {
  // The agent's goodbye is still being played when the server closes.
  if (reason && reason !== 'caller_hung_up') await mine.sound.drained();
  if (attempt !== mine) return;
  ribbon.stop();
  release(mine);
  view.enter('ready', failure ? OVER : mine.ending ?? REASONS[reason] ?? OVER);
  if (failure) view.notice(failure, 'Talk again', () => start());
  record.refresh();
}

function release(mine) {
  attempt = null;
  clearTimeout(mine?.warming);
  mine?.prepared?.cancel();
  mine?.sound?.close();
  view.stopClock();
  view.microphone(false);
}

async function sendFile(file) {
  if (!file || !['ready', 'call'].includes(view.state)) return;
  view.notice();
  try {
    const prepared = new Prepared({ audio: await decodeFile(file) });
    if (view.state === 'ready') return await start(prepared);
    if (view.state === 'call' && !attempt.sound.silent) say(attempt, prepared, true);
  } catch (error) {
    refused(error);
  }
}

function sendText(text) {
  if (view.state === 'ready') return start(new Prepared({ text }));
  attempt.prepared?.cancel();  // somebody who types wants the call to go on
  attempt.prepared = null;
  transcript.partial(text);
  attempt.call.sendText(text);
}

byId('talk').addEventListener('click', () => {
  if (view.state === 'ready') void start();
  else if (view.state !== 'ending') hangUp();
});
byId('mute').addEventListener('click', () => {
  attempt.sound.mute(!attempt.sound.muted);
  view.microphone(true, attempt.sound.muted);
});
byId('agent').addEventListener('change', () => {
  const agent = chosenAgent();
  view.describe(agent, sendText);
  history.replaceState(null, '', `${location.pathname}?agent=${encodeURIComponent(agent.slug)}`);
});
byId('file').addEventListener('change', ({ target }) => {
  void sendFile(target.files[0]);
  target.value = '';
});
byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = byId('text').value.trim();
  if (!text || !['ready', 'call'].includes(view.state)) return;
  byId('text').value = '';
  void sendText(text);
});
byId('key-entry').addEventListener('submit', (event) => {
  event.preventDefault();
  rememberKey(byId('key').value.trim().split('#key=').at(-1));  // the whole link may be pasted
  byId('key').value = '';
  void load();
});
for (const type of ['dragover', 'dragleave', 'drop']) {
  addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    byId('drop').classList.toggle('over', type === 'dragover');
    if (type === 'drop') void sendFile(event.dataTransfer.files[0]);
  });
}
addEventListener('hashchange', () => takeKeyFromAddress() && !attempt && load());
addEventListener('pagehide', () => attempt?.call?.hangUp());

takeKeyFromAddress();
void load();
