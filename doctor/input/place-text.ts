// A place as readers and editors know it.
import type { Place } from '../../manifest-reader/positions/placed';

/** `k8s/envoy.yaml:34`, and the line of the text that lies on that line. */
export function placeText({ file, line, inner }: Place): string {
  return inner === undefined ? `${file}:${line}` : `${file}:${line} (line ${inner} of its text)`;
}
