// The panels of a dashboard, as text: only what is named changes, so that the layout stays as it was shipped.

/** One panel, from its brace to its brace. */
const BLOCK = /^( *)\{\n *"id": \d+, "type": "\w+", "title": "([^"]*)",\n[\s\S]*?\n\1\}(,?)\n/gm;
/** One query of a panel, on one line or on several. */
const TARGET =
  /^ *\{ ?\n? *"refId": "(\w)",[^{}]*"expr": (?:"(?:[^"\\]|\\.)*")(?:,\s*"legendFormat": "([^"]*)")?\s*\},?\n/gm;
const EXPR = /"expr": ("(?:[^"\\]|\\.)*")/g;

/** How one panel is to change, by its title. */
export interface PanelEdit {
  /** It has nothing to show, and goes. */
  readonly isGone?: boolean;
  /** Words of its title, its description or its place, each of which must be there. */
  readonly words?: readonly (readonly [shipped: string, own: string])[];
  /** The legends, or the letters, of queries that go. */
  readonly without?: readonly string[];
  readonly query?: (promql: string) => string;
}

/** @throws Error when a panel, a word or a query that is to change is not there */
export function editPanels(json: string, edits: Readonly<Record<string, PanelEdit>>): string {
  const missing = new Set(Object.keys(edits));
  const edited = json.replace(BLOCK, (block, _margin, title: string) => {
    const edit = edits[title];
    missing.delete(title);
    return edit === undefined ? block : editPanel(block, title, edit);
  });
  if (missing.size > 0) throw new Error(`expected panels called ${[...missing].join(', ')}`);
  return edited.replace(/(\n *\}),(\n *\][^"]*$)/, '$1$2');
}

/** Every query of the dashboard, as Prometheus reads it. */
export function editQueries(json: string, edit: (promql: string) => string): string {
  return json.replace(EXPR, (_, text: string) => `"expr": ${JSON.stringify(edit(JSON.parse(text) as string))}`);
}

function editPanel(block: string, title: string, { isGone, words = [], without = [], query }: PanelEdit): string {
  if (isGone) return '';
  const missing = new Set(without);
  const fewer = block.replace(TARGET, (target, letter: string, legend: string | undefined) => {
    const isNamed = missing.delete(letter) || missing.delete(legend ?? '');
    return isNamed ? '' : target;
  });
  if (missing.size > 0) throw new Error(`expected queries ${[...missing].join(', ')} in ${title}`);
  const ended = without.length === 0 ? fewer : fewer.replace(/\},(\n *\]\n *\},?\n)$/, '}$1');
  const worded = words.reduce((text, [shipped, own]) => {
    if (!text.includes(shipped)) throw new Error(`expected ${JSON.stringify(shipped)} in ${title}`);
    return text.replace(shipped, () => own);
  }, ended);
  return query === undefined ? worded : editQueries(worded, query);
}
