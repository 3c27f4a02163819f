// Asks the cluster's Prometheus, through the API server's proxy of its Service.
import type { AskPrometheus } from '../prometheus/api';
import { type Api, ApiError } from './api';
import { PROMETHEUS_PATH } from './objects';

/** It answers at once, or is on its way out. */
const TIMEOUT_MS = 5000;

export function askPrometheus(api: Api): AskPrometheus {
  return async (pathAndQuery) => {
    try {
      return await api.text(`${PROMETHEUS_PATH}${pathAndQuery}`, TIMEOUT_MS);
    } catch (thrown) {
      // 503: the Service has no endpoint. Others above: the pod behind it does not answer.
      if (thrown instanceof ApiError && (thrown.status === 0 || thrown.status >= 500)) return undefined;
      throw thrown;
    }
  };
}
