// The conversation's id, a button that copies it, and what the server keeps of it.
import { conversationPath, readConversation } from './api.js';

const byId = (id) => document.getElementById(id);

export class Record {
  constructor() {
    byId('copy').addEventListener('click', () => this.copy());
    byId('raw').addEventListener('toggle', () => byId('raw').open && this.fetch());
    byId('raw-again').addEventListener('click', () => this.fetch());
  }

  show(id) {
    this.id = id;
    byId('record').hidden = false;
    byId('conversation').textContent = id;
    byId('raw-path').textContent = conversationPath(id);
    byId('raw-json').textContent = '';
    byId('raw').open = false;
  }

  // After the call, what is on screen may be from the middle of it.
  refresh() {
    if (byId('raw').open) void this.fetch();
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.id);
      byId('copy').textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(byId('conversation'));
      byId('copy').textContent = 'Selected: press Ctrl+C';
    }
    byId('copy').addEventListener('blur', (event) => { event.target.textContent = 'Copy id'; },
      { once: true });
  }

  async fetch() {
    const { id } = this;
    let text;
    try {
      text = JSON.stringify(await readConversation(id), null, 2);
    } catch (error) {
      text = error.message;
    }
    if (id === this.id) byId('raw-json').textContent = text;
  }
}
