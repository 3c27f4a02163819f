// What every experiment must be, whatever it asks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPERIMENTS } from '../../../../lab/experiments/all';

describe('EXPERIMENTS', () => {
  it('have names of their own, in kebab-case', () => {
    const names = EXPERIMENTS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
  });

  for (const experiment of EXPERIMENTS) {
    const { name, question, sizes, backends, mutations } = experiment;
    it(`${name} asks one question and claims each thing once`, () => {
      assert.match(question, /^[A-Z].*[^.?]\?$/);
      for (const size of [sizes.full, sizes.quick]) {
        for (const backend of backends) {
          const ids = experiment.claims(size, backend).map(({ id }) => id);
          assert.ok(ids.length > 0);
          assert.equal(new Set(ids).size, ids.length);
          assert.ok(experiment.expectedMs(size, backend) > 0);
        }
      }
    });

    it(`${name} is not longer when it is quick`, () => {
      for (const backend of backends) {
        assert.ok(experiment.expectedMs(sizes.quick, backend) <= experiment.expectedMs(sizes.full, backend));
      }
    });

    it(`${name} names the claims that its mutations break`, () => {
      assert.equal(new Set(mutations.map((mutation) => mutation.name)).size, mutations.length);
      for (const { text, mustFail, backends: on } of mutations) {
        assert.match(text, /^[A-Z].*\.$/);
        assert.ok(mustFail.length > 0 && on.every((backend) => backends.includes(backend)));
        for (const backend of on) {
          const ids = experiment.claims(sizes.quick, backend).map(({ id }) => id);
          for (const id of mustFail) assert.ok(ids.includes(id), `${name} has no claim ${id}`);
        }
      }
    });
  }
});
