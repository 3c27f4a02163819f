// A place as readers and editors know it.
import type { Place } from '../../manifest-reader/positions/placed';

/**
 * `k8s/envoy.yaml:34`, and the line of the text that lies on that line. Of a live object, the field in place of the line:
 * `Deployment/shop/cart spec.replicas`.
 */
export function placeText({ file, line, inner, field }: Place): string {
  const start = field === undefined ? `${file}:${line}` : [file, field].filter((part) => part !== '').join(' ');
  return inner === undefined ? start : `${start} (line ${inner} of its text)`;
}
