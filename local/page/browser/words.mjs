// How the page writes numbers, names and times.

export const shortName = (name) => name.replace(/^grpc-/, '');
export const perSecond = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
export const percent = (share) => `${(share * 100).toFixed(1)} %`;
export const milliseconds = (value) => (value === null ? '–' : value < 100 ? value.toFixed(1) : value.toFixed(0));
export const count = (value) => value.toLocaleString('en-US');
export const clock = (atMs) => new Date(atMs).toTimeString().slice(0, 8);
/** CSS colour of the pod at `place`. Envoys count from the other end, so that they differ from the first servers. */
export const COLOURS = 10;
export const colour = (place, isEnvoy = false) => {
  const at = place % COLOURS;
  return `var(--pod-${isEnvoy ? COLOURS - 1 - at : at})`;
};

/** Who answers with Envoy. @param servers rows of the frame */
export function envoyWords(servers) {
  if (servers.length === 0) return 'There is no server yet.';
  const shares = servers.filter((row) => row.perSecond > 0).map((row) => row.share * 100);
  const [least, most] = [Math.min(...shares).toFixed(1), Math.max(...shares).toFixed(1)];
  const range = shares.length === 0 ? '' : `, ${least}–${most} % each`;
  return `${shares.length} of ${servers.length} servers ${shares.length === 1 ? 'answers' : 'answer'}${range}.`;
}

/** Who answers without Envoy. @param pods that did so lately */
export function directWords(pods, servers) {
  const ready = servers.filter((row) => row.state === 'ready').length;
  const answer = pods.length === 1 ? 'answers' : 'answer';
  const who = pods.length === 0 ? 'No server answers' : `${pods.join(' and ')} ${answer} every call`;
  return `${who}; ${ready} ${ready === 1 ? 'is' : 'are'} ready.`;
}

/** Sets the text of an element only where it differs: what does not change is not announced and not laid out anew. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
