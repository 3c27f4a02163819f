import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const load = () => import(pathToFileURL(path.join(__dirname, '../../../../local/page/browser/words.mjs')).href);
const server = (share: number, state = 'ready') => ({ state, share, perSecond: share * 50 });

describe('the words above the lanes', () => {
  it('say who answers with Envoy', async () => {
    const { envoyWords } = await load();
    assert.equal(envoyWords([]), 'There is no server yet.');
    assert.equal(envoyWords([server(0), server(0)]), '0 of 2 servers answer.');
    assert.equal(envoyWords([server(1), server(0)]), '1 of 2 servers answers, 100.0–100.0 % each.');
    assert.equal(envoyWords([server(0.49), server(0.51)]), '2 of 2 servers answer, 49.0–51.0 % each.');
  });

  it('say who answers without Envoy', async () => {
    const { directWords } = await load();
    const [up, down] = [server(0.5), server(0, 'died')];
    assert.equal(directWords([], []), 'No server answers; 0 are ready.');
    assert.equal(directWords(['a'], [up, down]), 'a answers every call; 1 is ready.');
    assert.equal(directWords(['a', 'b'], [up, up]), 'a and b answer every call; 2 are ready.');
  });
});
