// Texts of YAML that programs read, such as Prometheus' configuration inside a ConfigMap.
import type { Placed } from '../../manifest-reader/positions/placed';
import { readProgramText } from '../../manifest-reader/positions/read-placed';
import type { ManifestObject } from '../input/manifest-object';
import type { Chain } from './chain';

export interface CarriedText {
  readonly object: ManifestObject;
  readonly key: string;
  readonly at: Placed;
}

/** Those that `looksLike` knows. One that is no YAML is left out: its program would not start with it. */
export function carriedTexts(chain: Chain, looksLike: RegExp): readonly CarriedText[] {
  return chain.ofKind('ConfigMap', 'Secret').flatMap((object) =>
    object.at
      .get(object.kind === 'Secret' ? 'stringData' : 'data')
      .entries()
      .flatMap(([key, text]) => {
        const content = text.text();
        if (content === undefined || !looksLike.test(content)) return [];
        try {
          return [{ object, key, at: readProgramText(content, (line) => text.placeOfLine(line)) }];
        } catch {
          return [];
        }
      }),
  );
}
