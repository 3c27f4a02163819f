// Manifests of a service that is not the greeter, made from those of this project: other names, labels, port and folders, and
// a Deployment as others write them. What a reader of their own would give to --manifests.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');

export interface OwnManifests {
  /** Their Deployment is left out, as where it is applied by somebody else. */
  readonly withoutDeployment?: boolean;
  /** What else is replaced in envoy.yaml. */
  readonly envoyEdits?: readonly (readonly [from: string | RegExp, to: string])[];
}

const ENVOY_EDITS = [
  ['address: grpc-server-headless.grpc-server.svc', 'address: orders-pods.shop.svc'],
  ['port_value: 50051', 'port_value: 9090'],
  [/greeter\.v1\.Greeter/g, 'shop.v2.Orders'],
  [/(name|cluster|cluster_name): greeter\b/g, '$1: orders'],
  ['grpc_health_check: { service_name: "" }', 'tcp_health_check: {}'],
] as const;

const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: orders-pods, namespace: shop }
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: { app: orders }
  ports: [{ port: 9090 }]
`;

/** Ports without names, a second container, a Secret, a probe by exec: what this project's own do not have. */
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-v7, namespace: shop }
spec:
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders, track: stable } }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: log-shipper
        image: shipper:1
      - name: orders-v7
        image: registry.example/orders:7
        ports: [{ containerPort: 9090 }]
        envFrom: [{ secretRef: { name: orders } }]
        env:
        - { name: CURRENCY, value: "EUR" }
        - { name: PASSWORD, valueFrom: { secretKeyRef: { name: orders, key: password } } }
        - { name: WHERE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
        readinessProbe: { exec: { command: [/bin/ready] } }
        lifecycle: { preStop: { sleep: { seconds: 1 } } }
`;

/** Left out by who reads: it has no selector. */
const PATCH = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-v7, namespace: shop }
spec: { minReadySeconds: 5 }
`;

/** Calls `body` with the folder, and removes it afterwards. */
export async function withOwnManifests<T>(
  { withoutDeployment = false, envoyEdits = [] }: OwnManifests,
  body: (root: string) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(path.join(tmpdir(), 'own-manifests-'));
  try {
    mkdirSync(path.join(root, 'proxy'));
    for (const name of readdirSync(path.join(ROOT, 'envoy_proxy_k8s')).filter((file) => file.endsWith('.yaml'))) {
      let text = readFileSync(path.join(ROOT, 'envoy_proxy_k8s', name), 'utf8');
      if (name === 'configmap.yaml') {
        for (const [from, to] of [...ENVOY_EDITS, ...envoyEdits]) {
          if (text.search(from) < 0) throw new Error(`${name} has no ${from}`);
          text = text.replace(from, to);
        }
      }
      writeFileSync(path.join(root, 'proxy', name), text.replace(/^ {2}name: envoy$/m, '  name: edge'));
    }
    writeFileSync(path.join(root, 'orders.yaml'), withoutDeployment ? SERVICE : `${SERVICE}---\n${DEPLOYMENT}`);
    writeFileSync(path.join(root, 'patch.yaml'), PATCH);
    return await body(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
