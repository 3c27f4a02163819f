// One run of adopt: reads what it was given, says everything that is wrong with it, or writes the folder.
import { readFileSync } from 'node:fs';
import { readAutoscaler } from '../manifest-reader/autoscaler';
import { knownService } from './facts/known-service';
import { openFolder } from './folder/adopted-folder';
import type { Contract } from './methods/contract';
import { readProto } from './methods/proto-file';
import { readReflection } from './methods/reflection';
import { adoptedFiles } from './objects/adopted-files';
import { readShippedFiles } from './objects/shipped-files';
import type { AdoptOptions } from './options/options';
import { type GivenText, readGivenObjects } from './service/given-objects';
import { joinServices } from './service/neighbours';
import { readWorkload, type Workload } from './service/workload';
import { nextSteps } from './steps/next-steps';
import { summaryOf } from './steps/summary';

export interface AdoptContext {
  /** The folder that holds the `*_k8s` folders. */
  readonly root: string;
  readonly readInput: () => Promise<string>;
  readonly out: (text: string) => void;
}

/** @param problems of the command line; more are added @returns whether anything was written @throws Error when it failed */
export async function adopt(options: AdoptOptions, problems: string[], context: AdoptContext): Promise<boolean> {
  const shipped = readShippedFiles(context.root);
  const workload = await readObjects(options, problems, context);
  const contract = await readContract(options, problems);
  const bounds = readAutoscaler(context.root, 'grpc-server');
  const service = knownService({ options, workload, contract, shipped: bounds }, problems);
  const folder = openFolder(options.out, problems);
  const services = joinServices(folder.services, service, problems);
  for (const file of folder.edited) {
    problems.push(
      `--out ${options.out}: ${file} was edited since it was written; keep your edit elsewhere and remove the file`,
    );
  }
  if (problems.length > 0) return false;
  const files = new Map([...adoptedFiles(shipped, services), ['NEXT-STEPS.md', nextSteps(services, shipped)] as const]);
  folder.write(services, files);
  context.out(summaryOf(service, services, options.out, [...files.keys()]));
  return true;
}

async function readObjects(
  options: AdoptOptions,
  problems: string[],
  context: AdoptContext,
): Promise<Workload | undefined> {
  if (options.files.length === 0) return undefined;
  const texts: GivenText[] = [];
  for (const file of options.files) {
    try {
      if (file === '-') texts.push({ name: 'standard input', text: await context.readInput() });
      else texts.push({ name: file, text: readText(file, 'a file with YAML') });
    } catch (thrown) {
      problems.push((thrown as Error).message);
    }
  }
  const before = problems.length;
  const report = (problem: string) => void problems.push(problem);
  const objects = readGivenObjects(texts, report);
  return problems.length > before ? undefined : readWorkload(objects, options.service, report);
}

function readText(file: string, expected: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new Error(`${file}: expected ${expected}, got ${(thrown as Error).message}`, { cause: thrown });
  }
}

async function readContract({ protos, reflect }: AdoptOptions, problems: string[]): Promise<Contract | undefined> {
  const before = problems.length;
  const contracts: Contract[] = [];
  const attempt = async (read: () => Contract | Promise<Contract>) => {
    try {
      contracts.push(await read());
    } catch (thrown) {
      problems.push((thrown as Error).message);
    }
  };
  for (const file of protos) await attempt(() => readProto(file, readText(file, 'a .proto file')));
  if (reflect !== undefined) await attempt(() => readReflection(reflect));
  if (contracts.length === 0 || problems.length > before) return undefined;
  return { services: contracts.flatMap(({ services }) => services), hasHealth: contracts[0]?.hasHealth };
}
