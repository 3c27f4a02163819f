// Every colour of figures and pages, for light and dark. They name colours by CSS variable, so one SVG fits both.

/**
 * Fills of pods, by place. Chosen so that any two stay apart for readers with normal vision, protanopia and
 * deuteranopia, on light and on dark paper; tests/unit/drawing/palette.test.ts measures it.
 */
export const POD_COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#33c4fb',
  '#8e4e11',
  '#86c4a3',
  '#578af6',
  '#e0661f',
  '#55636a',
  '#6196bc',
] as const;

interface Theme {
  readonly paper: string;
  /** Of cards and code. */
  readonly sheet: string;
  readonly ink: string;
  /** Of captions and axis labels. */
  readonly quiet: string;
  readonly rule: string;
  readonly mark: string;
  readonly good: string;
  readonly bad: string;
  /** Two lines that must be told apart: typical and worst, wanted and there. */
  readonly first: string;
  readonly second: string;
}

export const LIGHT: Theme = {
  paper: '#ffffff',
  sheet: '#f5f7f9',
  ink: '#1c2329',
  quiet: '#57626d',
  rule: '#dde2e7',
  mark: '#7b8794',
  good: '#17734a',
  bad: '#b3261e',
  first: '#0b62a0',
  second: '#b45309',
};

export const DARK: Theme = {
  paper: '#14181d',
  sheet: '#1c2229',
  ink: '#e6e9ec',
  quiet: '#a3adb8',
  rule: '#303840',
  mark: '#7f8b97',
  good: '#52c48d',
  bad: '#ff8f85',
  first: '#5cb3f0',
  second: '#f0a64b',
};

/** A colour of the theme, as charts and style sheets write it. */
export function themed(name: keyof Theme): string {
  return `var(--${name})`;
}

/** Declares the variables of `selector` for light, and for dark where the reader's system asks for it. */
export function colourStyles(selector: string): string {
  const declare = (theme: Theme) =>
    Object.entries(theme)
      .map(([name, value]) => `--${name}:${value}`)
      .join(';');
  return [
    `${selector}{color-scheme:light dark;${declare(LIGHT)}}`,
    `@media (prefers-color-scheme:dark){${selector}{${declare(DARK)}}}`,
  ].join('\n');
}
