// Comments in texts of live objects that suppress a rule: a ConfigMap keeps them, the object's own YAML does not.
import { readProgramText } from '../../manifest-reader/positions/read-placed';
import type { ManifestObject } from '../input/manifest-object';
import { commentSuppressions } from '../suppression/comments';
import type { Suppression } from '../suppression/suppression';

const MARK = 'doctor:ignore';

export function liveCommentSuppressions(objects: readonly ManifestObject[]): readonly Suppression[] {
  return objects
    .filter(({ kind, live }) => kind === 'ConfigMap' && live !== undefined)
    .flatMap(({ at }) => at.get('data').entries())
    .flatMap(([, text]) => {
      const { file, field } = text.place;
      const content = text.text();
      if (content === undefined || !content.includes(MARK) || field === undefined) return [];
      // As if the text were a file: its own lines are what comments and findings have in common.
      const root = readProgramText(content, (line) => ({ file, line }));
      return commentSuppressions({ name: file, text: content }, [root]).map(
        (suppression): Suppression => ({
          ...suppression,
          place: { ...text.place, inner: suppression.place.line },
          covers: ({ subject, place }) =>
            place.file === file &&
            place.field === field &&
            suppression.covers({ subject, place: { file, line: place.inner ?? 0 } }),
        }),
      );
    });
}
