// The messages as the visitor sees them: each is one element that changes in place, so that a
// stream of words moves nothing else.
import { el } from './dom.ts';
import { markdown } from './markdown.ts';
import type { ShownMessage } from './types.ts';

const NEAR_END_PX = 160;

export class Thread {
  readonly log = el('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: '0' });
  messages: ShownMessage[] = [];
  private readonly shown = new Map<string, HTMLElement>();
  private readonly typing = el('div', { class: 'turn agent typing' });

  constructor(
    private readonly words: (key: string) => string,
    private readonly retry: (message: ShownMessage) => void,
  ) {
    this.typing.append(el('div', { class: 'words' }, el('i'), el('i'), el('i')));
    this.typing.setAttribute('aria-hidden', 'true');
  }

  put(message: ShownMessage) {
    const at = this.messages.findIndex(({ id }) => id === message.id);
    if (at < 0) this.messages.push(message);
    else this.messages[at] = message;
    const turn = this.shown.get(message.id) ?? this.add(message);
    turn.dataset.state = message.state;
    // A direction of its own keeps it out of the one that the words choose.
    const who = el('span', { class: 'live', dir: 'auto' }, `${this.words(message.from === 'agent' ? 'agent' : 'you')}: `);
    const body = message.from === 'agent' ? markdown(message.text) : [document.createTextNode(message.text)];
    turn.firstElementChild?.replaceChildren(who, ...body);
    turn.querySelector('.state')?.remove();
    const state = this.stateOf(message);
    if (state) turn.append(state);
    this.follow();
  }

  remove(id: string) {
    this.messages = this.messages.filter((message) => message.id !== id);
    this.shown.get(id)?.remove();
    this.shown.delete(id);
  }

  clear() {
    this.messages = [];
    this.shown.clear();
    this.log.replaceChildren();
  }

  showTyping(on: boolean) {
    if (on) this.log.append(this.typing);
    else this.typing.remove();
    this.follow();
  }

  // Below everything else of the thread, until something follows.
  append(node: HTMLElement) {
    this.log.append(node);
    this.follow(true);
  }

  follow(always = false) {
    const { log } = this;
    const isNear = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    if (always || isNear) log.scrollTop = log.scrollHeight;
  }

  private add(message: ShownMessage) {
    const turn = el('div', { class: `turn ${message.from}`, part: 'message' }, el('div', { class: 'words', dir: 'auto' }));
    this.shown.set(message.id, turn);
    this.log.append(turn);
    this.follow(message.from === 'visitor');
    return turn;
  }

  private stateOf(message: ShownMessage) {
    if (message.state === 'failed' || message.state === 'unanswered') {
      const again = el('button', { class: 'link', type: 'button' }, this.words('retry'));
      again.onclick = () => this.retry(message);
      return el('div', { class: 'state failed' }, message.state === 'failed' ? this.words('failed') : '', again);
    }
    const said = { sending: 'sending', cut: 'cut' }[message.state as string];
    return said ? el('div', { class: 'state' }, this.words(said)) : undefined;
  }
}
