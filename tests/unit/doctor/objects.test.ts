// What surrounds Kubernetes objects changes what the doctor says of them; what it cannot see, it never takes for wrong.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { examined } from './examined';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  strategy: { type: Recreate }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: example.com/web:1.2.3
        ports: [{ name: http, containerPort: 8080 }]
        livenessProbe: { httpGet: { path: /, port: 8081 } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  sessionAffinity: ClientIP
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  defaultBackend: { service: { name: web, port: { name: http } } }
`;

const CART = `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec:
      containers:
      - name: cart
        image: example.com/cart:1.2.3
        ports: [{ name: grpc, containerPort: 50051 }]
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec:
  selector: { app: cart }
  ports: [{ name: grpc, port: 50051, targetPort: grpc, appProtocol: kubernetes.io/h2c }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: desk, namespace: front }
spec:
  selector: { matchLabels: { app: desk } }
  template:
    metadata: { labels: { app: desk } }
    spec:
      containers:
      - name: desk
        image: example.com/desk:1.2.3
        args: [--cart=cart.shop.svc.cluster.local:50051]
`;

/** Opens the port of CART to those that `from` selects. */
const policy = (from: string, port: string) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  ingress:
  - from: [${from}]
    ports: [{ port: ${port} }]
`;

/** `found`, `passed`, `blind` or `not-applicable` */
function outcomeOf(text: string, code: string): string | undefined {
  const { outcomes } = examined(text).diagnosis;
  return [...outcomes].find(([rule]) => rule.code === code)?.[1];
}

describe('a plain web server', () => {
  it('gives no rule anything to find', () => {
    const { findings } = examined(WEB).diagnosis;
    assert.deepEqual(
      findings.map(({ rule, says }) => `${rule.code} ${says}`),
      [],
    );
  });

  it('is another thing when a probe speaks gRPC', () => {
    const grpc = WEB.replace('httpGet: { path: /, port: 8081 }', 'grpc: { port: 8080 }');
    const codes = examined(grpc).diagnosis.findings.map(({ rule }) => rule.code);
    for (const code of ['GLB022', 'GLB062', 'GLB067', 'GLB070']) assert.ok(codes.includes(code), `${code}: ${codes}`);
  });
});

describe('a hop under policies', () => {
  for (const [what, from, port, outcome] of [
    [
      'the namespace by its name',
      '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: front } } }',
      'grpc',
      'passed',
    ],
    ['every namespace', '{ namespaceSelector: {} }', '50051', 'passed'],
    ['pods of its own namespace alone', '{ podSelector: {} }', 'grpc', 'found'],
    ['another port', '{ namespaceSelector: {} }', '9464', 'found'],
    [
      'a label of a namespace that is not in the input',
      '{ namespaceSelector: { matchLabels: { team: desk } } }',
      'grpc',
      'blind',
    ],
    ['addresses, which may be those of the pods', '{ ipBlock: { cidr: 10.0.0.0/8 } }', 'grpc', 'blind'],
  ] as const) {
    it(`is ${outcome} when they let in ${what}`, () => {
      assert.equal(outcomeOf(CART + policy(from, port), 'GLB021'), outcome);
    });
  }

  it('is open when the labels of the namespace are in the input', () => {
    const namespace = '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: front, labels: { team: desk } }\n';
    const from = '{ namespaceSelector: { matchLabels: { team: desk } } }';
    assert.equal(outcomeOf(CART + policy(from, 'grpc') + namespace, 'GLB021'), 'passed');
  });

  it("cannot be judged beside policies of a plugin's own kind", () => {
    const other = '---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: a, namespace: shop }\n';
    assert.equal(outcomeOf(CART + policy('{ podSelector: {} }', 'grpc') + other, 'GLB021'), 'blind');
  });
});

describe('an autoscaler', () => {
  const scaler = (metrics: string) => `${CART}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: cart, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: cart }
  minReplicas: 2
  maxReplicas: 4
  metrics: [${metrics}]
`;

  it('may get its metric from an adapter that is not in the input', () => {
    const metric = '{ type: Pods, pods: { metric: { name: a }, target: { type: AverageValue, averageValue: 1 } } }';
    assert.equal(outcomeOf(scaler(metric), 'GLB013'), 'blind');
  });

  it('may scale what is not in the input', () => {
    assert.equal(
      outcomeOf(scaler('').replace('kind: Deployment, name: cart', 'kind: Deployment, name: a'), 'GLB012'),
      'blind',
    );
  });

  it('takes a limit for the request where there is none', () => {
    const metric = '{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }';
    assert.equal(outcomeOf(scaler(metric), 'GLB065'), 'found');
    const limited = scaler(metric).replace('cart:1.2.3', 'cart:1.2.3\n        resources: { limits: { cpu: 200m } }');
    assert.equal(outcomeOf(limited, 'GLB065'), 'passed');
    assert.equal(outcomeOf(limited, 'GLB073'), 'passed');
  });

  it('has a rival in another one that scales the same workload, but not in another version of itself', () => {
    const text = scaler('');
    const [, own = ''] = text.split('apiVersion: autoscaling/v2');
    const other = (change: (text: string) => string) => `${text}---\napiVersion: autoscaling/v2${change(own)}`;
    assert.equal(
      outcomeOf(
        other((same) => same),
        'GLB063',
      ),
      'passed',
    );
    assert.equal(
      outcomeOf(
        other((same) => same.replace('name: cart, namespace', 'name: b, namespace')),
        'GLB063',
      ),
      'found',
    );
  });

  it('may be taken over by KEDA', () => {
    const keda = (annotations: string) => `${scaler('')}---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: cart, namespace: shop${annotations} }
spec:
  scaleTargetRef: { name: cart }
`;
    assert.equal(outcomeOf(keda(''), 'GLB063'), 'found');
    const taking = ', annotations: { scaledobject.keda.sh/transfer-hpa-ownership: "true" }';
    assert.equal(outcomeOf(keda(taking), 'GLB063'), 'passed');
  });

  it('looks at each version of the workload for replicas', () => {
    const [deployment = ''] = CART.split('---');
    const old = `---\n${deployment.replace('spec:', 'spec:\n  replicas: 3')}`;
    assert.equal(outcomeOf(scaler('') + old, 'GLB011'), 'found');
    assert.equal(outcomeOf(scaler(''), 'GLB011'), 'passed');
  });
});
