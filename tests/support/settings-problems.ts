// What is wrong with settings, as a test compares it.
import assert from 'node:assert/strict';
import { ConfigError } from '../../runtime/errors';

/** The problems that `read` throws as one ConfigError; none when it throws nothing. */
export function settingsProblems(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (thrown) {
    assert.ok(thrown instanceof ConfigError);
    return thrown.problems;
  }
  return [];
}
