// What was done and what came of it, and what happened, in words: two lists, newest first, and one line that is read out.
import { clock, setText } from './words.mjs';

const MOST_EVENTS = 12;
const MOST_OUTCOMES = 6;

/** Fills `list` with lines of [key, time, text, class]; lines that stay are kept. */
function fill(list, lines) {
  const kept = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const items = lines.map(([key, atMs, text, kind]) => {
    const item = kept.get(key) ?? document.createElement('li');
    if (item.dataset.key !== key) {
      item.dataset.key = key;
      const time = document.createElement('time');
      time.textContent = clock(atMs);
      item.append(time, ' ', document.createElement('span'));
    }
    item.className = kind;
    setText(item.lastChild, text);
    return item;
  });
  if (items.some((item, index) => list.children[index] !== item) || list.children.length !== items.length) {
    list.replaceChildren(...items);
  }
}

/** @returns draw(state) */
export function createStory({ outcomes, events, announcer }) {
  let announced = '';
  return ({ frame, marks }) => {
    const done = [...frame.outcomes].reverse().slice(0, MOST_OUTCOMES);
    fill(
      outcomes,
      done.map(({ id, atMs, text, result }) => [
        `outcome-${id}`,
        atMs,
        `${text}: ${result ?? 'under way …'}`,
        result === undefined ? 'open' : result.startsWith('failed') ? 'wrong' : 'over',
      ]),
    );
    const latest = [...marks].reverse().slice(0, MOST_EVENTS);
    fill(
      events,
      latest.map(({ id, atMs, text, kind }) => [`mark-${id}`, atMs, text, kind]),
    );
    const newest = frame.outcomes.filter(({ result }) => result !== undefined).at(-1);
    const words = newest === undefined ? '' : `${newest.text}: ${newest.result}`;
    if (words !== announced) announcer.textContent = words;
    announced = words;
  };
}
