// Moves lines to the right and to the left.

/** Every line that is not blank, `margin` further to the right. */
export function indent(text: string, margin: string): string {
  return text.replace(/^(?=.)/gm, margin);
}

/** All lines as far to the left as the first one that is not blank allows. */
export function dedent(text: string): string {
  const margin = /^(?:[ \t]*\n)*( *)/.exec(text)?.[1] ?? '';
  return text.replace(new RegExp(`^${margin}`, 'gm'), '');
}
