import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { ALL_OFF, SETTINGS_OFF } from '../../../../bench/subjects/settings-off';
import { overlayEnvoyConfig } from '../../../../local/envoy/envoy-config';
import { readManifests } from '../../../../manifest-reader/manifests';
import { openYaml } from '../../../../manifest-reader/yaml-document';

const shipped =
  readManifests(path.join(__dirname, '..', '..', '..', '..')).envoy.mounts['/etc/envoy']?.['envoy.yaml'] ?? '';
/** What each row has to be without. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'no-retries': ['retry_policy', 'hedge_policy'],
  'no-health-checks': ['health_checks'],
  'no-outlier': ['outlier_detection'],
  'no-headers': ['include_attempt_count_in_response', 'response_headers_to_add'],
  'no-breakers': ['circuit_breakers'],
  'no-access-log': ['access_log'],
  'no-overload-manager': ['overload_manager'],
  'no-endpoint-stats': ['track_cluster_stats'],
};
const hasField = (text: string, field: string) => JSON.stringify(openYaml(text).get([])).includes(`"${field}":`);

describe('the configurations that lack one thing', () => {
  it('are the rows that this test knows', () => {
    assert.deepEqual(
      SETTINGS_OFF.map(({ id }) => id),
      Object.keys(FIELDS),
    );
  });
  for (const { id, label, changes } of [...SETTINGS_OFF, ALL_OFF]) {
    it(`${label}: what the shipped one has is gone`, () => {
      const text = overlayEnvoyConfig(shipped, changes);
      for (const field of id === ALL_OFF.id ? Object.values(FIELDS).flat() : (FIELDS[id] ?? [])) {
        assert.ok(hasField(shipped, field), `the shipped one has no ${field}`);
        assert.ok(!hasField(text, field), `${field} is still there`);
      }
    });
  }
});
