// What the tests came to, for the closing line and the exit code.
import type { TestEvent } from './run-file';

export class Outcome {
  passed = 0;
  failed = 0;
  readonly skipped: string[] = [];

  add({ type, data: { name, skip, details } }: TestEvent): void {
    const isSuite = details?.type === 'suite';
    if (type === 'test:pass' && !isSuite) {
      if (skip === undefined) this.passed += 1;
      else this.skipped.push(typeof skip === 'string' ? `${name}: ${skip}` : name);
    }
    // A suite fails with its tests, which are counted, or by itself: its file could not be read, or a hook failed.
    const failedByItself = details?.error?.failureType !== 'subtestsFailed';
    if (type === 'test:fail' && (!isSuite || failedByItself)) this.failed += 1;
  }

  /** The lines to end with. Where everything has to run (`mustRunAll`), a skipped test is a failed one. */
  lines(mustRunAll: boolean): readonly string[] {
    const lines = this.skipped.map((reason) => `skipped: ${reason}`);
    if (mustRunAll && this.skipped.length > 0) {
      lines.push('skipped tests count as failed under CI=true and REQUIRE_ALL=1');
      this.failed += this.skipped.splice(0).length;
    }
    if (this.passed + this.failed === 0) lines.push('no test ran');
    return [...lines, `${this.passed} passed, ${this.failed} failed, ${this.skipped.length} skipped`];
  }

  get exitCode(): number {
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}
