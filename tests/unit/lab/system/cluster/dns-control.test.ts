import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corefileWithFault } from '../../../../../lab/system/cluster/dns-control';

test('corefileWithFault() adds a server block for the one name and changes nothing else', () => {
  const corefile = '.:53 {\n    errors\n}\n';
  const changed = corefileWithFault(corefile, 'servfail', 'a.b.svc.cluster.local');
  assert.equal(changed, `${corefile}a.b.svc.cluster.local:53 {\n    errors\n}\n`);
  assert.match(corefileWithFault(corefile, 'nxdomain', 'a.b.svc.cluster.local'), /namespaces default/);
});
