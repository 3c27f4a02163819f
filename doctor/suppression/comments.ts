// Suppressions as comments: `# doctor:ignore CODE: reason`, at the end of a line or above it. It covers the entry that this
// line begins, with all that is in it; above the first line of an object it covers the object.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { InputText } from '../input/texts';
import type { Suppression } from './suppression';

const COMMENT = /(?:^|\s)#\s*doctor:ignore\b\s*([\w-]*)\s*:?\s*(.*)$/;

/** @param roots the documents of that file, and those inside its texts */
export function commentSuppressions({ name, text }: InputText, roots: readonly Placed[]): readonly Suppression[] {
  return ignoreLines(text).map(({ code, reason, line, target }) => {
    const entry = outermostAt(roots, target);
    return {
      code,
      reason,
      place: { file: name, line },
      label: 'a comment',
      covers: ({ place }) => {
        if (entry === undefined || place.file !== name) return false;
        return place.line >= entry.place.line && place.line <= entry.lastLine;
      },
    };
  });
}

interface IgnoreLine {
  readonly code: string;
  readonly reason: string;
  readonly line: number;
  /** The line that it speaks of: its own, or the next one that is no comment. */
  readonly target: number;
}

function ignoreLines(text: string): readonly IgnoreLine[] {
  const lines = text.split('\n');
  return lines.flatMap((content, index): readonly IgnoreLine[] => {
    const [, code = '', reason = ''] = COMMENT.exec(content) ?? [];
    if (!COMMENT.test(content)) return [];
    const isAlone = /^\s*#/.test(content);
    const next = lines.findIndex((other, at) => at > index && !/^\s*(#|$)/.test(other));
    return [{ code, reason: reason.trim(), line: index + 1, target: isAlone ? next + 1 : index + 1 }];
  });
}

/** The largest value whose key or list item begins on `line`. */
function outermostAt(roots: readonly Placed[], line: number): Placed | undefined {
  for (const root of roots) {
    if (root.place.line === line) return root;
    if (line < root.place.line || line > root.lastLine) continue;
    const found = outermostAt(root.inner(), line);
    if (found !== undefined) return found;
  }
  return undefined;
}
