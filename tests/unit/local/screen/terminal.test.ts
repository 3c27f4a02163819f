import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { beforeEach, describe, it } from 'node:test';
import type { Line } from '../../../../local/screen/live-table';
import { openTerminal, paint, showsUnicode, type Terminal } from '../../../../local/screen/terminal';

class FakeInput extends EventEmitter {
  isRaw = false;
  isFlowing = false;
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
  resume(): void {
    this.isFlowing = true;
  }
  pause(): void {
    this.isFlowing = false;
  }
}

class FakeOutput extends EventEmitter {
  columns = 80;
  rows = 24;
  written = '';
  write(text: string): void {
    this.written += text;
  }
}

const line = (text: string): Line => [{ text, style: 'plain' }];

describe('openTerminal()', () => {
  let input: FakeInput;
  let output: FakeOutput;
  let keys: string[];
  let resizes: number;
  let terminal: Terminal;

  beforeEach(() => {
    input = new FakeInput();
    output = new FakeOutput();
    keys = [];
    resizes = 0;
    const onResize = () => void resizes++;
    terminal = openTerminal({ input, output, hasColours: false, onKey: (key) => keys.push(key), onResize });
  });

  it('reads keys one by one, and Ctrl-C as a key', () => {
    assert.equal(input.isRaw, true);
    input.emit('data', Buffer.from('++k'));
    input.emit('data', Buffer.from('\u0003'));
    assert.deepEqual(keys, ['+', '+', 'k', 'ctrl-c']);
  });

  it('ignores arrow keys', () => {
    input.emit('data', Buffer.from('\u001b[A'));
    assert.deepEqual(keys, []);
  });

  it('writes only the lines that changed', () => {
    terminal.draw([line('one'), line('two')]);
    output.written = '';
    terminal.draw([line('one'), line('three')]);
    assert.equal(output.written, '\u001b[2;1Hthree\u001b[K');
    output.written = '';
    terminal.draw([line('one'), line('three')]);
    assert.equal(output.written, '');
  });

  it('clears the lines of a longer picture', () => {
    terminal.draw([line('one'), line('two')]);
    output.written = '';
    terminal.draw([line('one')]);
    assert.equal(output.written, '\u001b[2;1H\u001b[K');
  });

  it('redraws everything after a change of size', () => {
    terminal.draw([line('one')]);
    output.written = '';
    output.columns = 40;
    output.emit('resize');
    assert.equal(resizes, 1);
    assert.equal(terminal.size.columns, 40);
    terminal.draw([line('one')]);
    assert.match(output.written, /\[2J.*one/);
  });

  it('gives screen, cursor and keys back, once', () => {
    terminal.close();
    const { written } = output;
    assert.ok(written.endsWith('\u001b[0m\u001b[?25h\u001b[?1049l'));
    assert.deepEqual([input.isRaw, input.isFlowing, input.listenerCount('data')], [false, false, 0]);
    assert.equal(output.listenerCount('resize'), 0);
    terminal.close();
    terminal.draw([line('late')]);
    assert.equal(output.written, written);
  });

  it('assumes a common size if the output has none', () => {
    Object.assign(output, { columns: 0, rows: 0 });
    assert.deepEqual(terminal.size, { columns: 80, rows: 24 });
  });
});

describe('paint()', () => {
  it('colours only where colours are wanted', () => {
    assert.equal(paint('x', 'bad', true), '\u001b[31mx\u001b[0m');
    assert.equal(paint('x', 'bad', false), 'x');
    assert.equal(paint('x', 'plain', true), 'x');
  });
});

describe('showsUnicode()', () => {
  it('goes by the locale', () => {
    assert.equal(showsUnicode({ LANG: 'C.UTF-8' }), true);
    assert.equal(showsUnicode({ LANG: 'C.UTF-8', LC_ALL: 'C' }), false);
    assert.equal(showsUnicode({}), false);
  });
});
