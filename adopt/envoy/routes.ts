// Envoy's routes to a service, each a copy of the shipped route for its kind: a path of its own for a method that may be
// asked again, and per gRPC service the two prefixes that take every other method, unary and stream alike.
import { parseDuration } from '../../command-line/duration';
import type { Service } from '../service/service';
import { stripComments } from '../yaml-text/comments';
import type { YamlText } from '../yaml-text/yaml-text';

/** The shipped routes by what they are for. */
export interface RouteTemplates {
  readonly askedAgain: YamlText;
  readonly farDeadline: YamlText;
  readonly askedOnce: YamlText;
}

/** @param open gives a fresh copy of the templates @returns the routes in the order in which Envoy has to look at them */
export function routesOf(services: readonly Service[], open: () => RouteTemplates): readonly string[] {
  const paths = services.flatMap((service) =>
    service.services.flatMap(({ name, methods }) =>
      methods
        .filter(({ kind }) => kind === 'again')
        .map((method) => askedAgain(open().askedAgain, service, `/${name}/${method.name}`)),
    ),
  );
  const prefixes = services.flatMap((service) =>
    service.services.flatMap(({ name }) => {
      const { farDeadline, askedOnce } = open();
      return [toPrefix(farDeadline, service, `/${name}/`), toPrefix(askedOnce, service, `/${name}/`)];
    }),
  );
  // The reasons stand above the first route of each kind.
  const explained = new Set([paths[0], prefixes[0], prefixes[1]]);
  return [...paths, ...prefixes].map((text) => (explained.has(text) ? text : stripComments(text)));
}

function askedAgain(route: YamlText, service: Service, path: string): string {
  route.set([0, 'match', 'path'], path);
  route.set([0, 'route', 'cluster'], service.id);
  const { slowestSeconds } = service;
  const perTry = ['route', 'retry_policy', 'per_try_timeout'] as const;
  const shipped = secondsAt(route, [0, ...perTry]);
  if (slowestSeconds === undefined || 2 * slowestSeconds <= shipped) return route.text;
  // A pod that takes longer twice is put out, so twice the slowest answer; the limit of the call keeps its proportion.
  const factor = Math.ceil((2 * slowestSeconds) / shipped);
  route.set([0, ...perTry], `${shipped * factor}s`);
  const limit = `${secondsAt(route, [0, 'route', 'max_stream_duration', 'max_stream_duration']) * factor}s`;
  for (const name of ['grpc_timeout_header_max', 'max_stream_duration']) {
    route.set([0, 'route', 'max_stream_duration', name], limit);
  }
  route.setCommentAbove(
    [0, 'route', 'max_stream_duration'],
    [`The deadline is the caller's, in grpc-timeout; ${limit} if it is missing or longer.`],
  );
  route.setCommentAbove(
    [0, ...perTry],
    [
      'How long one pod may take before Envoy asks a second one as well (hedging: the first answer',
      `wins). Longer than the slowest honest answer, ${slowestSeconds}s: two calls together that take longer`,
      'get a pod ejected (consecutive_local_origin_failure).',
    ],
  );
  return route.text;
}

function toPrefix(route: YamlText, service: Service, prefix: string): string {
  route.set([0, 'match', 'prefix'], prefix);
  route.set([0, 'route', 'cluster'], service.id);
  return route.text;
}

function secondsAt(route: YamlText, path: readonly (string | number)[]): number {
  const ms = parseDuration(String(route.value(path)));
  if (ms === undefined) throw new Error(`${route.name}: ${path.join('.')}: expected a length of time such as 2s`);
  return ms / 1000;
}
