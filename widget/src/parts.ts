// The pieces of the panel around its thread.
import { el, svg } from './dom.ts';
import { ICONS } from './icons.ts';

type Words = (key: string) => string;

export function header(words: Words, onClose: () => void) {
  const title = el('h2');
  const subtitle = el('p', { class: 'sub' });
  const close = el('button', { class: 'icon', type: 'button', 'aria-label': words('close') }, svg(ICONS.close));
  close.onclick = onClose;
  const element = el('div', { class: 'head', part: 'header' }, el('div', {}, title, subtitle), close);
  return {
    element,
    show(text: string, below: string) {
      title.textContent = text;
      subtitle.textContent = below;
    },
  };
}

// What went wrong, and a way on; it stays until the next attempt or until it is closed.
export class Notice {
  readonly element;
  private readonly text = el('p');

  constructor(words: Words) {
    const close = el('button', { class: 'icon', type: 'button', 'aria-label': words('close') }, svg(ICONS.close));
    close.onclick = () => this.hide();
    this.element = el('div', { class: 'notice', role: 'alert', hidden: '' }, this.text, close);
  }
  show(text: string) {
    this.element.hidden = false;
    this.text.textContent = text;
  }
  hide() {
    this.element.hidden = true;
  }
}

export function consentGate(words: Words, text: string, onAgree: () => void) {
  const agree = el('button', { class: 'chip main', type: 'button' }, words('agree'));
  agree.onclick = onAgree;
  return el('div', { class: 'gate' }, el('p', { dir: 'auto' }, text), agree);
}

export function rating(words: Words, onRate: (value: 'up' | 'down') => void) {
  const label = el('span', {}, words('rate'));
  const buttons = (['up', 'down'] as const).map((value) => {
    const button = el('button', {
      class: 'icon', type: 'button', 'aria-pressed': 'false',
      'aria-label': words(value === 'up' ? 'good' : 'bad'),
    }, svg(ICONS[value]));
    button.onclick = () => {
      for (const other of buttons) other.ariaPressed = String(other === button);
      label.textContent = words('thanks');
      onRate(value);
    };
    return button;
  });
  return el('div', { class: 'rate', role: 'group', 'aria-label': words('rate'), hidden: '' }, label, ...buttons);
}

export class Composer {
  readonly form = el('form', { part: 'composer' });
  private readonly field;
  private readonly sendButton;
  private readonly talkButton;
  private isBusy = false;
  private mayWrite = true;

  constructor(words: Words, private readonly hooks: { onSend: (text: string) => void; onTalk: () => void }) {
    this.field = el('textarea', { rows: '1', maxlength: '2000', placeholder: words('write'), 'aria-label': words('write') });
    this.sendButton = el('button', { class: 'icon main flip', type: 'submit', 'aria-label': words('send') }, svg(ICONS.send));
    this.talkButton = el('button', { class: 'icon', type: 'button', 'aria-label': words('talk') }, svg(ICONS.mic));
    this.talkButton.onclick = () => hooks.onTalk();
    this.form.append(this.field, this.talkButton, this.sendButton);
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.field.onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    };
    this.field.oninput = () => this.update();
    this.update();
  }

  focus() {
    this.field.focus();
  }
  busy(on: boolean) {
    this.isBusy = on;
    this.update();
  }
  calling(on: boolean) {
    this.talkButton.hidden = on || this.isMute;
  }
  allow(mode: string, mayWrite: boolean) {
    this.mayWrite = mayWrite;
    this.isMute = mode === 'text';
    this.talkButton.hidden = this.isMute;
    this.talkButton.disabled = !mayWrite;
    this.field.disabled = !mayWrite;
    this.update();
  }
  private isMute = false;

  // What is written while an answer comes stays in the field.
  private submit() {
    const text = this.field.value.trim();
    if (!text || this.isBusy || !this.mayWrite) return;
    this.field.value = '';
    this.update();
    this.hooks.onSend(text);
  }
  private update() {
    this.sendButton.disabled = this.isBusy || !this.mayWrite || !this.field.value.trim();
  }
}
