// The lines that tell a reader what is going on before and beside the calls, in the form that deploy-all.sh uses too.
import { paint } from './terminal';

export interface Progress {
  /** One step of the start: `==> [envoy] 1.40.0 from PATH`. */
  step(name: string, text: string): void;
  /** A line below the last step. */
  detail(text: string): void;
}

export function createProgress(write: (text: string) => void, hasColours: boolean): Progress {
  return {
    step: (name, text) => write(`${paint(`==> [${name}]`, 'strong', hasColours)} ${text}\n`),
    detail: (text) => write(`    ${text.split('\n').join('\n    ')}\n`),
  };
}
