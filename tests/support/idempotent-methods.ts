// Which methods the contract allows to be executed twice: the one place that every rule about asking again must agree with.
import type { ServiceDefinition } from '@grpc/proto-loader';
import { GREETER_SERVICE, greeterPackage } from '../../proto/load';

const methods = Object.values(greeterPackage[GREETER_SERVICE] as ServiceDefinition);

/** The methods of the greeter, those that say `idempotency_level` and those that do not. */
export const IDEMPOTENT = methods.filter(({ options }) => options?.idempotency_level !== 'IDEMPOTENCY_UNKNOWN');
export const ASKED_ONCE = methods.filter((method) => !IDEMPOTENT.includes(method));
