// The other proxies as their manuals set them up for gRPC without TLS: HTTP/2 on both sides, connections kept, one worker.

export interface ProxyEnds {
  readonly host: string;
  readonly port: number;
  /** `ADDRESS:PORT` */
  readonly servers: readonly string[];
  /** Where it may write. */
  readonly directory: string;
}

/** HAProxy Configuration Manual, "proto", "http-reuse", "nbthread". */
export function haproxyConfig({ host, port, servers }: ProxyEnds): string {
  return `global
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend grpc
  bind ${host}:${port} proto h2
  default_backend servers
backend servers
  balance roundrobin
${servers.map((server, index) => `  server s${index + 1} ${server} proto h2`).join('\n')}
`;
}

/**
 * ngx_http_grpc_module, ngx_http_upstream_module. A connection is closed after keepalive_requests calls (1000 by default),
 * which a gRPC client sees as UNAVAILABLE now and then, hence the large number.
 */
export function nginxConfig({ host, port, servers, directory }: ProxyEnds): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
${folders.map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n')}
  upstream servers {
    keepalive 128;
    keepalive_requests 10000000;
${servers.map((server) => `    server ${server};`).join('\n')}
  }
  server {
    listen ${host}:${port} http2;
    keepalive_requests 10000000;
    location / { grpc_pass grpc://servers; }
  }
}
`;
}

/** Caddyfile, reverse_proxy with h2c. */
export function caddyConfig({ host, port, servers }: ProxyEnds): string {
  return `{
  admin off
  auto_https off
  log {
    level ERROR
  }
  servers {
    protocols h1 h2 h2c
  }
}
http://:${port} {
  bind ${host}
  reverse_proxy ${servers.map((server) => `h2c://${server}`).join(' ')} {
    lb_policy round_robin
  }
}
`;
}
