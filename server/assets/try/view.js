// What is on screen besides the call itself: the state, the notice, the key form, the clock.
import { EXAMPLES, MOMENTS, PHASES } from './words.js';

const THINKING_MS = 8000;

export const byId = (id) => document.getElementById(id);

export const view = {
  state: 'loading',

  // loading · key · ready · microphone · connecting · warming · call · ending
  enter(state, text = PHASES[state] ?? '') {
    view.state = state;
    document.body.dataset.state = state;
    byId('status').textContent = text;
    byId('talk-label').textContent = view.busy ? 'Hang up' : 'Talk';
    byId('agent').disabled = view.busy;
    if (state !== 'call') view.moment(null);
  },

  get busy() { return !['loading', 'key', 'ready'].includes(view.state); },

  // Inside a call; not announced, because a screen reader would talk into the conversation.
  // A sound that asked for no answer leaves the agent listening.
  moment(name) {
    clearTimeout(view.thinking);
    if (name === 'thinking') view.thinking = setTimeout(() => view.moment('listening'), THINKING_MS);
    document.body.dataset.moment = name ?? '';
    byId('phase').textContent = MOMENTS[name] ?? '';
  },

  notice(text = '', action = '', act = null) {
    byId('notice').hidden = !text;
    byId('notice-text').textContent = text;
    byId('notice-action').hidden = !action;
    byId('notice-action').textContent = action;
    byId('notice-action').onclick = act;
  },

  askForKey(why) {
    byId('desk').hidden = true;
    byId('picker').hidden = true;
    byId('blank').hidden = true;
    byId('key-form').hidden = false;
    view.enter('key');
    view.notice(why);
    byId('key').focus();
  },

  // A page with one sentence and one button, when there is nothing to talk to.
  blank(title, text, act, code = '') {
    byId('key-form').hidden = true;
    byId('blank').hidden = false;
    byId('blank-title').textContent = title;
    byId('blank-text').textContent = text;
    byId('blank-code').textContent = code;
    byId('blank-code').hidden = !code;
    byId('blank-action').onclick = act;
  },

  showDesk(agents, chosen) {
    byId('key-form').hidden = true;
    byId('blank').hidden = true;
    byId('agent').replaceChildren(...agents.map(({ id, name }) => new Option(name, id)));
    byId('agent').value = chosen.id;
    byId('desk').hidden = false;
    byId('picker').hidden = false;
  },

  describe({ name, slug, description }, ask) {
    byId('agent-name').textContent = name;
    byId('agent-about').textContent = description;
    document.title = `Talk to ${name} · Antiphon`;
    const examples = EXAMPLES[slug] ?? [];
    byId('examples-title').hidden = !examples.length;
    byId('examples-list').replaceChildren(...examples.map((text) => {
      const item = document.createElement('li');
      const button = item.appendChild(document.createElement('button'));
      Object.assign(button, { type: 'button', textContent: text, onclick: () => ask(text) });
      return item;
    }));
  },

  microphone(open, muted = false) {
    byId('mute').hidden = !open;
    byId('mute').setAttribute('aria-pressed', String(muted));
    if (!open || muted) view.level(0);
  },

  level(value) {
    byId('ring').style.setProperty('--level', Math.min(1, value * 6).toFixed(2));
  },

  startClock() {
    const began = Date.now();
    const tick = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      byId('clock').textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    };
    byId('clock').hidden = false;
    view.clock = setInterval(tick, 1000);
    tick();
  },

  stopClock() { clearInterval(view.clock); },
};
