// What Envoy says about a call in the headers of its answer: envoy_proxy_k8s/configmap.yaml, virtual host "greeter".

/** The Envoy pod that the answer came through. */
export const ENVOY_POD = 'x-envoy-pod';
/** How often that Envoy asked a server. */
export const ENVOY_ATTEMPTS = 'x-envoy-attempt-count';
