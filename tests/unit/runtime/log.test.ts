import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from '../../../runtime/log';

function logged(write: (log: ReturnType<typeof createLogger>) => void, level = 'info' as const): string[] {
  const lines: string[] = [];
  write(createLogger({ service: 'svc', pod: 'pod-1', level, stream: { write: (line) => void lines.push(line) } }));
  return lines;
}

describe('createLogger()', () => {
  it('writes one JSON object per line, with service, pod, level by name and ISO time', () => {
    const [line, ...others] = logged((log) => log.info({ count: 3 }, 'tally'));
    const { time, ...rest } = JSON.parse(line as string);
    assert.deepEqual(rest, { level: 'info', service: 'svc', pod: 'pod-1', count: 3, msg: 'tally' });
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(others, []);
  });

  it('leaves out what is below its level', () =>
    assert.deepEqual(
      logged((log) => log.debug('detail')),
      [],
    ));

  it('keeps text with line breaks and terminal codes on one line', () => {
    const [line] = logged((log) => log.info('a\nb\r\u001b[31m"\u2028'));
    assert.match(line as string, /^[^\n\r\u001b]*\n$/);
    assert.equal(JSON.parse(line as string).msg, 'a\nb\r\u001b[31m"\u2028');
  });
});
