// What the numbers of proxies do not say. Facts of others have their source.
export const PROXY_NOTES: readonly string[] = [
  '**When to take another proxy.** HAProxy and nginx use less CPU per call, and what they leave out is what this project is about:',
  '',
  '- **nginx** asks DNS for the names in `upstream` once, when it starts: new pods get no calls, and dead ones keep getting them',
  '  until a reload. Asking again needs `resolver` and a variable in `grpc_pass`, or, from 1.27.3 on, `resolve` on each `server`',
  '  ([ngx_http_upstream_module](https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server)). Take it for servers that stay.',
  '- **HAProxy** finds pods by DNS with `server-template` and `resolvers`, up to a number that is fixed beforehand',
  '  ([configuration manual](https://docs.haproxy.org/2.6/configuration.html#4.2-server-template)). Take it where CPU is dear.',
  '- **Caddy** finds pods with `dynamic a`, and picks one at random unless `lb_policy` says otherwise',
  '  ([reverse_proxy](https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#load-balancing)).',
  '- **No proxy** costs least of all, and every client in every language must then balance, resolve again, and retry by itself.',
];
