// A mesh balances calls on the caller's side: a proxy beside the server alone does not.
import { callers } from '../chain/caller';
import { grpcEvidence } from '../chain/grpc';
import { isMeshed, MESHES } from '../chain/mesh';
import { blind, found, type Observation, passed, type Rule } from './rule';

export const meshOnServerOnly: Rule = {
  code: 'GLB010',
  level: 'warning',
  title: 'The server is in a mesh, and its caller is not',
  harm:
    'the proxy that would balance calls is the one beside the caller; without it the caller keeps one connection through ' +
    'the cluster IP, so one pod gets all its calls',
  cure: 'put the caller into the mesh too, or let it call Envoy, or a headless name with round_robin',
  sources: ['https://github.com/linkerd/linkerd2/issues/3089'],
  check: (chain) =>
    callers(chain)
      .filter(({ service }) => !service.isHeadless)
      .flatMap(({ workload, service, at }) =>
        chain
          .podsOf(service)
          .filter((server) => grpcEvidence(chain, server).length > 0)
          .flatMap((server) =>
            MESHES.flatMap((mesh): readonly Observation[] => {
              if (isMeshed(chain, server, mesh) !== true) return [];
              const label = `${workload.object.label} → ${service.object.label}`;
              const subject = { label, place: workload.object.place, carriers: [workload.object, server.object] };
              const isInside = isMeshed(chain, workload, mesh);
              if (isInside === undefined) return [blind(subject, `the Namespace ${workload.object.namespace}`)];
              if (isInside) return [passed(subject)];
              const says = `${server.object.label} gets a proxy of ${mesh}; ${workload.object.label} calls it without one`;
              return [found(subject, at, says)];
            }),
          ),
      ),
};
