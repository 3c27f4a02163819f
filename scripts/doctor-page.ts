// docs/doctor.md: how to run the doctor, and its rules as the code has them.
import { LIVE_RULES } from '../doctor/live/rules/all';
import { USAGE, WATCH_SECONDS } from '../doctor/options';
import { RULES } from '../doctor/rules/all';
import type { RuleText } from '../doctor/rules/rule';
import { BAD_SUPPRESSION } from '../doctor/suppression/suppression';

/** The whole page; tests/unit/docs/doctor.test.ts compares it with the file. */
export function doctorPage(): string {
  return [
    '# The doctor',
    '',
    'Written by `npm run doctor:page` from `doctor/`. The doctor reads Kubernetes YAML and the configuration of Envoy, of any service in any',
    'language, and says what goes wrong with gRPC calls. It reads files and asks no network; with `--live` it reads a cluster too.',
    '',
    '```sh',
    './deploy-all.sh doctor k8s/                                      # files, and folders with all below them',
    'helm template shop ./chart | ./deploy-all.sh doctor -            # rendered templates, from standard input',
    'kubectl kustomize overlays/prod | ./deploy-all.sh doctor - --json',
    './deploy-all.sh doctor --live                                    # the cluster of the current context',
    './deploy-all.sh doctor --live --namespace shop new/              # what would be wrong if these were applied',
    '```',
    '',
    '```',
    USAGE.trimEnd(),
    '```',
    '',
    'Give it everything that calls go through in one run: the servers, their Services, Envoy with its ConfigMap, autoscalers, policies.',
    "Envoy's configuration may be a file of its own, a text in a ConfigMap or Secret, or the value of `--config-yaml`; lines are those of the file.",
    'What has `{{` in it, or a kustomization that changes objects, has to be rendered first: the message has the command.',
    '',
    '## What it says',
    '',
    'A finding has a code, a level, the object, `file:line`, what stands there, the harm for calls, the cure and a source. Of rendered charts it names the',
    'template as well, from the `# Source:` comment. The summary counts rules:',
    '',
    '| word | meaning |',
    '| --- | --- |',
    '| checked | the rule looked at everything in the input that it is about |',
    '| passed | it was checked, and all is well |',
    '| not applicable | the input has nothing that the rule is about |',
    '| could not look | something that the rule has to know is not in the input; the output says what. This is never a pass |',
    '',
    'Levels: `error` fails calls or sends all to one pod; `warning` does so when pods come, go or fail; `info` is worth knowing. The exit code',
    'is 0 when nothing at or above `--fail-on` (`warning`) was found, 1 when something was, 2 when it was called wrongly or the input cannot be read.',
    '',
    '`--json` prints one object with `summary`, `findings`, `suppressed`, `couldNotLook` and `rules`. `--sarif` prints SARIF 2.1.0 for code scanning, with',
    "paths relative to the caller's folder, suppressed findings as such, and what could not be looked at as notifications.",
    '',
    '## Suppress a finding',
    '',
    'Each suppression names one rule and a reason. Without a reason it suppresses nothing, and is a finding itself (GLB000). All are listed in the output,',
    'and those that have no effect too.',
    '',
    'As an annotation, on the object, on its pod template, or on what owns it. Of a finding in the configuration of Envoy, the object is the ConfigMap or the',
    'Deployment that mounts it:',
    '',
    '```yaml',
    'metadata:',
    '  annotations:',
    '    doctor.grpc-load-balancing/GLB034: thousands of calls per second even out',
    '```',
    '',
    'As a comment at the end of a line or above it, also inside the text of a ConfigMap. It covers the entry that begins there, with all in it; above the first',
    'line of an object or of a configuration it covers the whole:',
    '',
    '```yaml',
    'clusters:',
    '# doctor:ignore GLB041: it is restarted by hand',
    '- name: legacy',
    '```',
    '',
    ...livePart(),
    '## Rules',
    '',
    '| code | level | what is wrong | harm for calls | cure | source |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[BAD_SUPPRESSION, ...RULES].map(row),
    '',
  ].join('\n');
}

/** The part about `--live`. */
function livePart(): readonly string[] {
  return [
    '## Live',
    '',
    "`--live` reads a cluster by `kubectl`, with the caller's rights, and judges it by all rules below and by those that only a running system shows:",
    '',
    '| code | level | what is wrong | harm for calls | cure | source |',
    '| --- | --- | --- | --- | --- | --- |',
    ...LIVE_RULES.map(row),
    '',
    'It changes nothing: it gets objects, and asks for reviews of its own rights (SelfSubjectAccessReview) first. Secrets are never read. A finding has',
    '`kind/namespace/name field` in place of `file:line`, and in the text of a ConfigMap the line of that text. Annotations suppress as in files; of comments',
    'only those inside the texts of ConfigMaps are kept by a cluster.',
    '',
    'Without `--namespace` it reads all namespaces apart from `kube-system`, `kube-public` and `kube-node-lease` where the rights allow that, and else the one of',
    'the context. The role `view` in a namespace is enough for most rules. A rule that asks for a kind that may not be listed "could not look", with the right',
    'that it would take; what it would have found is not told, since the missing kind may be what it misses.',
    '',
    `It looks at each Envoy twice, ${WATCH_SECONDS} s apart (\`--watch\`), and counts the calls to each host in between, with Jain's index of evenness. So few`,
    'calls that chance alone may leave one out (above 1 in 1000) tell nothing: then it says how many it takes. Hosts that came, went, are not ready or fail health',
    'checks are shown and not judged, as are those that were new. It reads `/clusters` of the admin port:',
    '',
    '| way | where | right |',
    '| --- | --- | --- |',
    "| the API server's proxy | the admin port listens to others | `get pods/proxy` |",
    '| a port forward, open for the one request only | the admin port is on loopback, as it should be | `create pods/portforward` |',
    '| `prometheus.io/port` and `path` of the pod | neither; whole clusters and Envoys, no hosts | `get pods/proxy` |',
    '',
    'Files given with `--live` are laid over the cluster: each stands in place of the object of its kind, namespace and name. Fields that others have set and',
    'that applying would keep are not added. Ctrl-C ends with 130 and no output.',
    '',
  ];
}

function row({ code, level, title, harm, cure, sources }: RuleText): string {
  const links = sources.map((source, index) => `[${index + 1}](${source})`).join(' ');
  return `| ${[code, level, title, harm, cure].map(cell).join(' | ')} | ${links} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
