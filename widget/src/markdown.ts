// A safe part of Markdown, straight to nodes: paragraphs, lists, bold, code, links. Anything else
// stays the text it was; an address that is not http, https, mailto or tel is no link.
import { el } from './dom.ts';

// Bounded, so that hostile words cost no more than their length.
const INLINE = /(\*\*[^*\n]{1,500}\*\*|`[^`\n]{1,500}`|\[[^[\]\n]{1,500}\]\([^)\s]{1,500}\)|https?:\/\/[^\s)>\]]{1,500}[^\s)>\].,;:!?])/g;
const SAFE = /^(?:https?:|mailto:|tel:)/i;

const link = (address: string, words: string): Node =>
  SAFE.test(address)
    ? el('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, words)
    : document.createTextNode(words);

function inline(text: string): Node[] {
  return text.split(INLINE).flatMap((part): Node[] => {
    if (!part) return [];
    if (/^\*\*.+\*\*$/.test(part)) return [el('strong', {}, part.slice(2, -2))];
    if (/^`.+`$/.test(part)) return [el('code', {}, part.slice(1, -1))];
    const named = /^\[(.+)\]\((\S+)\)$/.exec(part);
    if (named?.[1] && named[2]) return [link(named[2], named[1])];
    return [/^https?:/i.test(part) ? link(part, part) : document.createTextNode(part)];
  });
}

export function markdown(text: string): Node[] {
  const blocks: HTMLElement[] = [];
  for (const line of text.split('\n')) {
    const item = /^\s*(?:([-*•])|\d{1,3}[.)])\s+(.*)$/.exec(line);
    const last = blocks.at(-1);
    if (item) {
      const name = item[1] ? 'ul' : 'ol';
      const list = last?.localName === name ? last : el(name);
      if (list !== last) blocks.push(list);
      list.append(el('li', {}, ...inline(item[2] ?? '')));
    } else if (line.trim()) {
      const words = inline(line);
      if (last?.localName === 'p' && !last.dataset.closed) last.append(el('br'), ...words);
      else blocks.push(el('p', {}, ...words));
    } else if (last) {
      last.dataset.closed = 'yes';
    }
  }
  return blocks;
}
