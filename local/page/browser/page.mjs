// The page: takes frames in, and draws them at most as often as they come, less often for those who want less motion, and not
// at all while it is hidden or frozen.
import { createBandChart, patternDefinitions } from './band-chart.mjs';
import { createControls } from './controls.mjs';
import { applyFrame, emptyState } from './live-state.mjs';
import { createPodTable } from './pod-table.mjs';
import { download, savedDocument, savedState } from './saved-page.mjs';
import { createStory } from './story.mjs';
import { giveOrder, listenForever } from './stream.mjs';
import { clock, count, directWords, envoyWords, setText } from './words.mjs';

const pristine = document.documentElement.outerHTML;
const find = (id) => document.getElementById(id);
const token = location.hash.slice(1);
const calm = matchMedia('(prefers-reduced-motion: reduce)');
/** For those who want less motion. */
const CALM_MS = 2000;
/** Later than this the last frame is old. */
const STALE_MS = 1500;

const saved = savedState();
const state = saved ?? emptyState();
let shown = state;
let isFrozen = false;
let trouble = '';
let lastFrameMs = 0;
let drawnMs = 0;

document.body.prepend(patternDefinitions());
const charts = [
  createBandChart(find('chart-envoy'), { lane: 'envoy', field: 'pods', plot: 200, hasMarks: true }),
  createBandChart(find('chart-direct'), { lane: 'direct', field: 'pods', plot: 200, hasMarks: true }),
];
const envoyChart = createBandChart(find('chart-envoys'), { lane: 'envoy', field: 'envoys', plot: 80, hasMarks: false });
const drawServers = createPodTable(find('servers'), false);
const drawEnvoys = createPodTable(find('envoys'), true);
const drawStory = createStory({ outcomes: find('outcomes'), events: find('events'), announcer: find('announcer') });
const controls = createControls(find('controls'), {
  give: (name, body) => giveOrder(token, name, body),
  said: (text) => setText(find('said'), text),
});

function drawTotals(frame) {
  for (const lane of ['envoy', 'direct']) {
    const { sent, answered, lost, askedTwice, neverSent } = frame[lane].totals;
    const figures = { sent, answered, lost, askedTwice, neverSent };
    for (const [name, value] of Object.entries(figures)) {
      const cell = find(`${lane}-${name}`);
      setText(cell, count(value));
      if (name === 'lost') cell.className = value > 0 ? 'bad' : 'good';
    }
  }
}

function drawSplit({ frame, lanes }) {
  const pods = new Set();
  const since = Math.floor((frame.atMs - 5000) / frame.slotMs);
  for (const [at, slot] of lanes.direct) if (at > since) for (const pod of Object.keys(slot.pods)) pods.add(pod);
  setText(find('direct-words'), directWords([...pods], frame.servers));
  setText(find('envoy-words'), envoyWords(frame.servers));
}

function draw() {
  const { frame } = shown;
  if (frame === undefined || document.hidden) return;
  drawnMs = performance.now();
  const top = Math.max(...charts.map((chart) => chart.peak(shown)));
  for (const chart of charts) chart.draw(shown, top);
  envoyChart.draw(shown, envoyChart.peak(shown));
  drawTotals(frame);
  drawSplit(shown);
  drawServers(frame.servers, shown.places);
  drawEnvoys(frame.envoys, shown.places);
  drawStory(shown);
  document.body.dataset.calls = frame.envoy.totals.sent + frame.direct.totals.sent > 0 ? 'some' : 'none';
}

function standing() {
  if (saved !== undefined) return ['saved', `saved at ${clock(state.frame.atMs)}`];
  if (state.frame?.hasEnded) return ['ended', 'the stack has ended'];
  const ageMs = Date.now() - lastFrameMs;
  if (state.frame === undefined) return ['connecting', trouble || 'connecting …'];
  if (ageMs > STALE_MS) return ['stale', `last event ${Math.round(ageMs / 1000)} s ago${trouble && `; ${trouble}`}`];
  if (isFrozen) return ['frozen', `frozen at ${clock(shown.frame.atMs)}; the calls go on`];
  return state.frame.envoy.totals.sent === 0 ? ['empty', 'no call yet'] : ['live', 'live'];
}

function drawStanding() {
  const [name, words] = standing();
  document.body.dataset.standing = name;
  for (const button of [find('freeze'), find('save')]) {
    button.setAttribute('aria-disabled', String(state.frame === undefined));
    button.title = state.frame === undefined ? 'there is nothing to see yet' : '';
  }
  setText(find('standing'), words);
  if (name === 'stale' || name === 'connecting') controls.end(words);
}

function takeFrame(frame) {
  trouble = '';
  lastFrameMs = Date.now();
  applyFrame(state, frame);
  if (frame.hasEnded) controls.end('the stack has ended: ./deploy-all.sh --local --ui starts another one');
  else controls.draw(frame);
  const isDue = !calm.matches || performance.now() - drawnMs >= CALM_MS;
  if (!isFrozen && isDue) draw();
  drawStanding();
}

find('freeze').addEventListener('click', () => {
  if (state.frame === undefined) return;
  isFrozen = !isFrozen;
  find('freeze').setAttribute('aria-pressed', String(isFrozen));
  shown = isFrozen ? structuredClone(state) : state;
  draw();
  drawStanding();
});
find('save').addEventListener('click', () => {
  if (shown.frame === undefined) return;
  download(savedDocument(pristine, shown), `grpc-load-balancing-${clock(shown.frame.atMs).replaceAll(':', '')}.html`);
});
document.addEventListener('visibilitychange', draw);
addEventListener('resize', draw);

if (saved !== undefined) {
  controls.end('this is a saved page');
  draw();
} else if (token === '') {
  trouble = 'this address lacks its end: open the one that the terminal shows, with all that follows #';
} else {
  listenForever(token, {
    onFrame: takeFrame,
    onTrouble: (text) => {
      trouble = text;
      drawStanding();
    },
  });
  setInterval(drawStanding, 500);
}
drawStanding();
