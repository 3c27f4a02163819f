// What the page knows: the newest frame, and the last minute of both lanes, put together from all frames so far. Bounded: what
// leaves the window is dropped.

const MOST_MARKS = 200;

/** @returns a state without any frame */
export function emptyState() {
  return { frame: undefined, lanes: { envoy: new Map(), direct: new Map() }, marks: [], places: {} };
}

/** Takes in one frame. */
export function applyFrame(state, frame) {
  if (frame.isFirst) {
    state.lanes = { envoy: new Map(), direct: new Map() };
    state.marks = [];
  }
  for (const name of ['envoy', 'direct']) {
    const slots = state.lanes[name];
    for (const slot of frame[name].slots) slots.set(slot.at, slot);
    const oldest = Math.floor((frame.atMs - frame.windowMs) / frame.slotMs) - 2;
    for (const at of slots.keys()) if (at < oldest) slots.delete(at);
  }
  const last = state.marks.at(-1)?.id ?? 0;
  state.marks.push(...frame.marks.filter((mark) => mark.id > last));
  state.marks.splice(0, Math.max(0, state.marks.length - MOST_MARKS));
  state.places = frame.places;
  state.frame = frame;
  return state;
}

/** As plain data, to be saved; `restoreState` is its inverse. */
export function plainState({ frame, lanes, marks, places }) {
  return { frame, marks, places, lanes: { envoy: [...lanes.envoy.values()], direct: [...lanes.direct.values()] } };
}

export function restoreState({ frame, lanes, marks, places }) {
  const byTime = (slots) => new Map(slots.map((slot) => [slot.at, slot]));
  return { frame, marks, places, lanes: { envoy: byTime(lanes.envoy), direct: byTime(lanes.direct) } };
}
