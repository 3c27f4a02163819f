// Every suite by its name on the command line.
import type { SuiteName } from '../command-line';
import type { Suite } from '../plan/suite';
import { capacitySuite } from './capacity-suite';
import { growthSuite } from './growth-suite';
import { nodesSuite } from './nodes-suite';
import { pathsSuite } from './paths-suite';
import { serversSuite } from './servers-suite';
import { settingsSuite } from './settings-suite';
import type { Workshop } from './workshop';

export const SUITE_MAKERS: Readonly<Record<SuiteName, (shop: Workshop) => Promise<Suite>>> = {
  servers: serversSuite,
  paths: pathsSuite,
  settings: settingsSuite,
  growth: growthSuite,
  nodes: nodesSuite,
  capacity: capacitySuite,
};
