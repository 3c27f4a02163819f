// A claim whose threshold a test chooses.
import type { Claim, Threshold } from '../../../../lab/records/claim';

export const claim = (threshold: Threshold, more: Partial<Claim> = {}): Claim => ({
  id: 'it',
  text: 'It holds.',
  threshold,
  unit: 'calls',
  ...more,
});
