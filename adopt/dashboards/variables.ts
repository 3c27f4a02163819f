// The variables at the top of a dashboard, as text: only words in it change, so that its layout stays as it was shipped.

/** One variable, from its brace to its brace. */
const BLOCK = /^( *)\{\n *"type": "(?:query|custom|textbox)", "name": "(\w+)",[\s\S]*?\n\1\},?\n/gm;
const CURRENT = /"current": \{ "text": ("(?:[^"\\]|\\.)*"), "value": "(?:[^"\\]|\\.)*" \}/;

/** @param edit gives the new text of a variable; '' takes it away, the same text leaves it alone */
export function editVariables(json: string, edit: (name: string, block: string) => string): string {
  return json.replace(BLOCK, (block, _margin, name: string) => edit(name, block));
}

/** The variable with another value to begin with. @throws Error when it has none */
export function preset(block: string, value: string): string {
  const before = CURRENT.exec(block)?.[1];
  if (before === undefined) throw new Error(`expected a variable with a value, got ${block}`);
  const now = JSON.stringify(value);
  if (block.includes('"type": "textbox"')) return block.replaceAll(before, () => now);
  const chosen = block.replace(CURRENT, () => `"current": { "text": ${now}, "value": ${now} }`);
  return block.includes('"type": "custom"') ? select(chosen, now) : chosen;
}

const OPTION = /^( *)\{ "text": ("(?:[^"\\]|\\.)*"), "value": (.*), "selected": (?:true|false) \}(,?)$/gm;

function select(block: string, now: string): string {
  let isKnown = false;
  const selected = block.replace(OPTION, (_, margin, text, value, comma) => {
    isKnown ||= text === now;
    return `${margin}{ "text": ${text}, "value": ${value}, "selected": ${text === now} }${comma}`;
  });
  if (isKnown) return selected;
  return selected
    .replace(/^( *"query": ".*)",$/m, (_, values) => `${values},${now.slice(1, -1)}",`)
    .replace(/^( *)(\{ "text": .*\})$(?=\n *\],)/m, (_, margin, last) => {
      return `${margin}${last},\n${margin}{ "text": ${now}, "value": ${now}, "selected": true }`;
    });
}

export interface Choice {
  readonly text: string;
  readonly value: string;
}

/** The variable as a list to choose from, the first to begin with. No text or value may hold a comma. */
export function chooseAmong(block: string, choices: readonly Choice[]): string {
  const [brace = '', name = '', description = ''] = block.split('\n');
  const margin = /^ */.exec(name)?.[0] ?? '';
  const words = choices.map(({ text, value }) => (text === value ? value : `${text} : ${value}`));
  const pair = ({ text, value }: Choice) => `"text": ${JSON.stringify(text)}, "value": ${JSON.stringify(value)}`;
  const [first] = choices;
  return [
    brace,
    name.replace(/"type": "\w+"/, '"type": "custom"'),
    description,
    `${margin}"query": ${JSON.stringify(words.join(','))},`,
    `${margin}"current": { ${first === undefined ? '' : pair(first)} },`,
    `${margin}"options": [`,
    choices.map((choice) => `${margin}  { ${pair(choice)}, "selected": ${choice === first} }`).join(',\n'),
    `${margin}],`,
    `${margin}"multi": false, "includeAll": false, "hide": 0`,
    block.endsWith('},\n') ? `${brace.replace('{', '}')},` : brace.replace('{', '}'),
    '',
  ].join('\n');
}
