// Clients and servers of other languages in a local system: finds or builds them, and says how each is started.
import { mustRunAll } from '../../../command-line/machine';
import type { ForeignProgram } from '../../../local/pods/foreign-client';
import {
  type FoundProgram,
  findProgram,
  libraryVersion,
  type ProgramPlace,
} from '../../../local/programs/find-program';
import { programNamed } from '../../../local/programs/programs';
import { StartError } from '../../../runtime/errors';
import type { ForeignLoad } from '../load';
import type { ForeignPrograms } from '../system';
import type { LocalContext } from './context';

/** Both `…Program` throw an Error when `foreignPrograms` has not found what is asked for. */
export interface LocalForeign extends Pick<ForeignPrograms, 'foreignPrograms'> {
  clientProgram(load: ForeignLoad, ratePerSecond: number): ForeignProgram;
  serverProgram(name: string): ForeignProgram;
}

export interface ForeignDeps {
  readonly context: LocalContext;
  readonly place: ProgramPlace;
}

/** What a mutation sets to take the advice out of every client. */
export const SETTINGS = 'SETTINGS';

export function createForeign({ context, place }: ForeignDeps): LocalForeign {
  const { recorder, change } = context;
  const found = new Map<string, FoundProgram & { readonly ok: true }>();

  function programOf(kind: 'client' | 'server', name: string): ForeignProgram {
    const program = found.get(`${kind} ${name}`);
    if (program === undefined) throw new Error(`cannot run ${kind} ${name}: it was not looked for, or not found`);
    const { command, args, env = {} } = program.start;
    return { command, args, env };
  }

  return {
    serverProgram: (name) => programOf('server', name),
    clientProgram: ({ client, settings }, ratePerSecond) => {
      const { command, args, env } = programOf('client', client);
      const asked = change.load?.env?.[SETTINGS] ?? settings;
      return { command, args: [...args, '--settings', asked, '--rate', String(ratePerSecond)], env };
    },
    foreignPrograms: async (kind, names) => {
      const there: string[] = [];
      for (const name of names) {
        const program = programNamed(kind, name);
        const result = await findProgram(program, place);
        if (result.ok) {
          found.set(`${kind} ${name}`, result);
          there.push(name);
          recorder.note(`${kind} ${name}: ${program.pin.library} ${libraryVersion(program, place.root)}`);
          continue;
        }
        if (mustRunAll(place.env)) throw new StartError(`${kind} ${name}: ${result.reason}`);
        place.say(`skipping ${kind} ${name}: ${result.reason}`);
        recorder.note(`${kind} ${name} was skipped: ${result.reason}`);
      }
      return there;
    },
  };
}
