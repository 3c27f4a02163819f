// Listens to the server: frames as server-sent events over fetch, which can carry the token where EventSource cannot. Begins
// again by itself when the connection is lost.

const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 5000;

/** @param onFrame told each frame @param onTrouble told in words why there are none */
export async function listenForever(token, { onFrame, onTrouble }) {
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    try {
      const response = await fetch('events', { headers: { 'X-Token': token }, cache: 'no-store' });
      if (!response.ok) {
        onTrouble(await response.text());
        // Another token does not come by asking again.
        if (response.status === 401 || response.status === 403) return;
      } else {
        const last = await readFrames(response.body, (frame) => {
          waitMs = FIRST_WAIT_MS;
          onFrame(frame);
        });
        if (last?.hasEnded) return;
      }
    } catch {
      onTrouble('no answer: is the stack still running? ./deploy-all.sh --local --ui starts it');
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(MOST_WAIT_MS, waitMs * 2);
  }
}

/** @returns the last frame, when the stream ends */
async function readFrames(body, onFrame) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let frame;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return frame;
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      frame = JSON.parse(event.replace(/^data: /, ''));
      onFrame(frame);
    }
  }
}

/** Gives an order. @returns undefined when it has begun, else why not */
export async function giveOrder(token, name, body) {
  try {
    const headers = { 'X-Token': token, 'Content-Type': 'application/json' };
    const response = await fetch(`orders/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.ok ? undefined : await response.text();
  } catch {
    return 'no answer: is the stack still running? ./deploy-all.sh --local --ui starts it';
  }
}
