// envoy.yaml for the user's services: the shipped one, in which the routes and the cluster of the greeter stand for theirs.
import type { Service } from '../service/service';
import { stripComments } from '../yaml-text/comments';
import { type YamlPath, YamlText } from '../yaml-text/yaml-text';
import { clusterOf } from './cluster';
import { type RouteTemplates, routesOf } from './routes';

const LISTENERS: YamlPath = ['static_resources', 'listeners'];
const CLUSTERS: YamlPath = ['static_resources', 'clusters'];

/** @param shipped the text of the shipped envoy.yaml @param cluster what it calls the greeter's cluster */
export function envoyConfiguration(shipped: string, cluster: string, services: readonly Service[]): string {
  const config = new YamlText('envoy.yaml', shipped);
  const [first] = services;
  const listener = config.indexOf(LISTENERS, 'name', 'grpc');
  const routing: YamlPath = [...LISTENERS, listener, 'filter_chains', 0, 'filters', 0, 'typed_config', 'route_config'];
  const host: YamlPath = [...routing, 'virtual_hosts', 0];
  const routes: YamlPath = [...host, 'routes'];
  const open = (): RouteTemplates => {
    const texts = (config.value(routes) as unknown[]).map((_, index) => config.item([...routes, index]));
    const [askedAgain, farDeadline, askedOnce] = texts;
    if (askedAgain === undefined || farDeadline === undefined || askedOnce === undefined || texts.length !== 3) {
      throw new Error('envoy.yaml: expected three routes: asked again, with a far deadline, and any other');
    }
    return { askedAgain, farDeadline, askedOnce };
  };
  const written = routesOf(services, open);
  config.remove([...routes, 2]);
  config.remove([...routes, 1]);
  config.replaceItem([...routes, 0], written);
  config.set([...routing, 'name'], first?.id ?? cluster);
  config.set([...host, 'name'], first?.id ?? cluster);

  const at: YamlPath = [...CLUSTERS, config.indexOf(CLUSTERS, 'name', cluster)];
  const clusters = services.map((service, index) => {
    const text = clusterOf(service, config.item(at));
    if (index === 0) return text;
    return `\n# As ${first?.id} above, for ${service.id}.\n${stripComments(text)}`;
  });
  config.replaceItem(at, clusters);
  return config.text;
}
