import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { connectionManager, envoyConfigText, virtualHost } from '../../support/envoy-config';

const text = readFileSync(path.join(__dirname, '../../../docs/limits.md'), 'utf8');
const table = /<!-- limits: [^\n]*-->\n([\s\S]*?)<!-- end of limits -->/.exec(text)?.[1] ?? '';
const rows = table
  .trim()
  .split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const settings = rows.flatMap(([, , , setting = '']) =>
  [...setting.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''),
);

describe('docs/limits.md', () => {
  it('names a setting and a way to change it for every limit', () => {
    assert.ok(rows.length >= 8);
    for (const [, cause, symptom, setting, change] of rows) {
      assert.ok(cause && symptom && change && /`/.test(setting ?? ''), cause);
    }
  });

  for (const setting of new Set(settings)) {
    it(`has ${setting} as in envoy.yaml`, () => {
      const lines = envoyConfigText()
        .split('\n')
        .map((line) => line.trim());
      const found = lines.some(
        (line) => line === setting || line.startsWith(`${setting} #`) || line.includes(`{ ${setting},`),
      );
      assert.ok(found, setting);
    });
  }

  it('says the numbers of the sentences as the settings do', () => {
    const manager = connectionManager('grpc');
    const {
      max_headers_count: headers,
      max_connection_duration: base,
      max_connection_duration_jitter: jitter,
    } = manager.common_http_protocol_options;
    const most = (Number.parseFloat(base ?? '') * (100 + (jitter?.value ?? 0))) / 100;
    const { max_concurrent_streams, stream_reset_burst, stream_reset_rate } = manager.http2_protocol_options;
    const limit = virtualHost('grpc').routes[0]?.route.max_stream_duration?.max_stream_duration?.replace('s', ' s');
    const sentences = [
      `more than ${manager.max_request_headers_kb} KB of metadata`,
      `more than ${headers} headers`,
      `more than ${max_concurrent_streams} calls at once`,
      `faster than ${stream_reset_rate} a second, after the first ${stream_reset_burst.toLocaleString('en-US')}`,
      `got no answer in ${limit}`,
      `after ${Number.parseFloat(base ?? '')} to ${most} s`,
    ];
    for (const sentence of sentences) assert.ok(text.includes(sentence), sentence);
  });
});
