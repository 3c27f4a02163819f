// Whether the image has the program that preStop runs.
import { callCarriers } from '../chain/grpc';
import { commandText, preStopOf } from '../chain/pod-ending';
import type { Container, Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

export const missingProgram: Rule = {
  code: 'GLB027',
  level: 'error',
  title: 'preStop runs a program that the image does not have',
  harm: 'the hook fails at once, so the pod does not wait: it ends with its calls as if there were no preStop',
  cure: 'preStop: { sleep: { seconds: N } } or httpGet, which the kubelet does itself, or a program that the image has',
  sources: [
    'https://github.com/envoyproxy/gateway/pull/2633',
    'https://github.com/knative-extensions/net-kourier/pull/1200',
  ],
  check: (chain) =>
    callCarriers(chain).flatMap((workload) =>
      workload.containers.flatMap((container) => programObservation(workload, container)),
    ),
};

const SHELLS = ['sh', 'bash', 'ash', 'dash'];
const TOOLS = ['curl', 'wget', 'nc', 'ncat', 'sleep', 'kill', 'pkill', 'killall', 'ps'];
/** Images that have no file but the program and what it links to. */
const BARE = /distroless|(^|\/)chainguard\/static|(^|\/)static(-debian\d+)?[:@]/;
/** Of Envoy's own image, which is made of Ubuntu's: no program that speaks HTTP. */
const ENVOY = /(^|\/)envoyproxy\/envoy(-dev|-contrib)?:/;
const ENVOY_HAS = [...SHELLS.filter((shell) => shell !== 'ash'), 'sleep', 'kill'];

function programObservation(workload: Workload, container: Container): readonly Observation[] {
  const preStop = preStopOf(container);
  if (preStop === undefined) return [];
  const subject = objectSubject(workload.object);
  const text = commandText(preStop);
  // The kubelet itself sleeps and sends requests.
  if (text === '') return [passed(subject)];
  const { image } = container;
  const programs = programsOf(text);
  if (BARE.test(image)) {
    // The variants for debugging have a shell.
    if (/[:-]debug/.test(image)) return [passed(subject)];
    const [missing] = programs;
    if (missing === undefined) return [blind(subject, `whether ${image} has the program of its preStop`)];
    return [
      found(subject, preStop.get('exec', 'command'), `it runs ${missing}, and ${image} has neither shell nor tools`),
    ];
  }
  if (!ENVOY.test(image)) return [blind(subject, `whether ${image} has the program of its preStop`)];
  const missing = programs.find((program) => !ENVOY_HAS.includes(program));
  if (missing === undefined) return [passed(subject)];
  return [found(subject, preStop.get('exec', 'command'), `it runs ${missing}, which ${image} does not have`)];
}

/** The well-known programs that a command names as commands. */
function programsOf(text: string): readonly string[] {
  const words = text.split(/[\s;&|()"'`]+/).map((word) => word.replace(/^.*\//, ''));
  return [...SHELLS, ...TOOLS].filter((program) => words.includes(program));
}
