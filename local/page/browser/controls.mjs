// Buttons, fields and keys. A button that cannot do anything now stays reachable and says why, which `disabled` would not.
import { setText } from './words.mjs';

/** Which button a key presses. */
const KEYS = { '+': 'up', '=': 'up', '-': 'down', k: 'kill', h: 'hang', s: 'slow', n: 'not-serving', r: 'roll' };

const POD_ACTIONS = ['kill', 'hang', 'slow', 'not-serving'];

/** What a button sends: name and body of the order. */
function orderOf(action, { pod, policy, rate }) {
  if (action === 'up' || action === 'down') return ['scale', { by: action === 'up' ? 1 : -1 }];
  if (action === 'policy') return ['policy', { policy: policy.value }];
  if (action === 'rate') return ['rate', { perSecond: Number(rate.value) }];
  if (action === 'roll' || action === 'end') return [action, {}];
  return [action, { pod: pod.value }];
}

/**
 * @param give name and body of an order → why it was not taken
 * @returns draw(frame), and end(why) after which nothing can be ordered
 */
export function createControls(root, { give, said }) {
  const fields = Object.fromEntries(['pod', 'policy', 'rate'].map((name) => [name, root.querySelector(`#${name}`)]));
  const buttons = [...root.querySelectorAll('button[data-action]')];
  const why = root.querySelector('#why');
  let frame;
  let over = 'there is no connection yet';

  const reasonFor = (action) => {
    if (over !== undefined) return over;
    if (frame.cannot[action] !== undefined) return frame.cannot[action];
    if (!POD_ACTIONS.includes(action)) return undefined;
    const row = [...frame.servers, ...frame.envoys].find(({ name }) => name === fields.pod.value);
    return row === undefined ? 'there is no pod yet' : row.cannot[action];
  };

  async function press(action) {
    const reason = reasonFor(action);
    if (reason !== undefined) return said(`not possible now: ${reason}`);
    const refused = await give(...orderOf(action, fields));
    said(refused === undefined ? '' : refused);
  }

  function show() {
    const reasons = new Map();
    for (const button of buttons) {
      const reason = reasonFor(button.dataset.action);
      button.setAttribute('aria-disabled', String(reason !== undefined));
      button.title = reason ?? button.dataset.help ?? '';
      if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), button.dataset.name]);
    }
    const each = [...reasons].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
    setText(why, over === undefined ? each.join(' · ') : `Nothing can be ordered: ${over}`);
  }

  function offerPods() {
    const rows = [...frame.servers, ...frame.envoys].filter(({ state }) => state !== 'gone' && state !== 'died');
    const names = rows.map(({ name }) => name);
    const options = [...fields.pod.options];
    if (names.length === 0) fields.pod.replaceChildren(new Option('none yet', ''));
    else if (options.map(({ value }) => value).join() !== names.join()) {
      const chosen = fields.pod.value;
      fields.pod.replaceChildren(...names.map((name) => new Option(name, name)));
      if (names.includes(chosen)) fields.pod.value = chosen;
    }
    const row = rows.find(({ name }) => name === fields.pod.value);
    const has = (word) => row?.label.includes(word) === true;
    for (const [action, word, begin, end] of [
      ['hang', 'hangs', 'Hang', 'Let it go on'],
      ['slow', 'slow', 'Slow', 'Fast again'],
      ['not-serving', 'NOT_SERVING', 'NOT_SERVING', 'SERVING again'],
    ]) {
      setText(buttons.find((button) => button.dataset.action === action).firstChild, has(word) ? end : begin);
    }
  }

  for (const button of buttons) button.addEventListener('click', () => press(button.dataset.action));
  fields.pod.addEventListener('change', () => frame && show());
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.matches('input, select, textarea');
    // A key that is held down is one press.
    if (isTyping || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = KEYS[event.key];
    if (action === undefined) return;
    event.preventDefault();
    press(action);
  });
  show();
  return {
    draw: (next) => {
      const isFirst = frame === undefined;
      frame = next;
      over = undefined;
      offerPods();
      if (isFirst) {
        fields.rate.value = String(Number(frame.ratePerSecond.toFixed(3)));
        fields.policy.value = frame.policy;
      }
      show();
    },
    end: (reason) => {
      over = reason;
      show();
    },
  };
}
