// Which of a contract's methods Envoy may ask again: unary ones that the contract or the user calls idempotent. Nothing is
// assumed: a method that nobody spoke of is asked once.
import type { GrpcService, Method } from './contract';

/** The routes that Envoy has: "again" is unary and may be executed twice, "once" is unary, "stream" is asked once too. */
export type Kind = 'again' | 'once' | 'stream';

export interface KnownMethod {
  readonly name: string;
  readonly kind: Kind;
}

export interface KnownService {
  readonly name: string;
  readonly methods: readonly KnownMethod[];
}

/** A name of a method, or the beginning of one: `Get*`. */
export const PATTERN = /^([A-Za-z_]\w*\*?|\*)$/;

/**
 * The kind of every method.
 * @param patterns what the user calls idempotent; an empty list is "none"; undefined is "nothing said"
 * @param problems what is wrong is added there, one sentence each
 */
export function knownServices(
  services: readonly GrpcService[],
  patterns: readonly string[] | undefined,
  problems: string[],
): readonly KnownService[] {
  const methods = services.flatMap((service) => service.methods);
  const unary = methods.filter(({ isStream }) => !isStream);
  if (patterns === undefined && unary.length > 0 && !unary.some(({ isDeclaredIdempotent }) => isDeclaredIdempotent)) {
    problems.push(
      `--idempotent: expected which methods may be executed twice without harm, such as "Get*,List*", or none; the proto ` +
        `says it of no method. Unary are ${namesOf(unary)}`,
    );
  }
  for (const pattern of patterns ?? []) {
    const found = methods.filter((method) => fits(pattern, method));
    if (found.length === 0)
      problems.push(`--idempotent: no method is called ${pattern}; there are ${namesOf(methods)}`);
    else if (found.every(({ isStream }) => isStream)) {
      problems.push(`--idempotent: ${namesOf(found)} streams, and a stream is never asked again; leave out ${pattern}`);
    }
  }
  const isAgain = (method: Method) =>
    method.isDeclaredIdempotent || (patterns ?? []).some((pattern) => fits(pattern, method));
  return services.map(({ name, methods: all }) => ({
    name,
    methods: all.map((method) => ({
      name: method.name,
      kind: method.isStream ? 'stream' : isAgain(method) ? 'again' : 'once',
    })),
  }));
}

function fits(pattern: string, { name }: Method): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function namesOf(methods: readonly Method[]): string {
  return methods.map(({ name }) => name).join(', ');
}
