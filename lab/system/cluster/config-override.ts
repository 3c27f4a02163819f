// Runs a Deployment on another version of a file of its ConfigMap. The ConfigMap itself stays as it was deployed: the
// new text is in a second one, whose name the pods' template gets, so that the change rolls the pods, no pod can start
// with the old text, and going back needs nothing but the old name.
import { createHash } from 'node:crypto';
import { type Api, ApiError } from './api';
import { ANNOTATION_PREFIX, type Changes, type Part } from './changes';
import {
  type ConfigMapObject,
  configMapsPath,
  type DeploymentObject,
  deploymentPath,
  type KubernetesObject,
  LAB_LABEL,
  type List,
  PART_OF,
} from './objects';

export interface ConfigFile {
  readonly namespace: string;
  readonly deployment: string;
  /** Key of the ConfigMap: `envoy.yaml`. */
  readonly file: string;
}

export interface ConfigOverride {
  /** The pods' template gets the file as `edit` returns it from the deployed text. Resolves to whether it changed. */
  use(edit: (deployed: string) => string): Promise<boolean>;
  /** The template gets the deployed file back. */
  restore(): Promise<boolean>;
  /** Deletes the ConfigMaps that no template names any more. */
  cleanUp(): Promise<void>;
}

export function createConfigOverride(api: Api, changes: Changes, target: ConfigFile): ConfigOverride {
  const { namespace, deployment, file } = target;
  const part = configMapName(target);

  async function deployedConfigMap(): Promise<ConfigMapObject> {
    return api.get<ConfigMapObject>(`${configMapsPath(namespace)}/${await changes.original(part)}`);
  }

  return {
    use: async (edit) => {
      const { metadata, data = {} } = await deployedConfigMap();
      const deployed = data[file];
      if (deployed === undefined) {
        throw new Error(`cannot change ${deployment}: expected a file ${file} in ConfigMap ${metadata.name}, got none`);
      }
      const text = edit(deployed);
      if (text === deployed) return changes.restore(part);
      const name = `${metadata.name}-lab-${createHash('sha256').update(text).digest('hex').slice(0, 10)}`;
      await createUnlessThere(api, namespace, {
        metadata: { name, labels: { [LAB_LABEL]: 'config', 'app.kubernetes.io/part-of': PART_OF } },
        data: { ...data, [file]: text },
      });
      return changes.change(part, () => name);
    },
    restore: () => changes.restore(part),
    cleanUp: async () => {
      const made = await api.get<List<KubernetesObject>>(`${configMapsPath(namespace)}?labelSelector=${SELECTOR}`);
      for (const { metadata } of made.items) {
        await api.send('DELETE', `${configMapsPath(namespace)}/${metadata.name}`);
      }
    },
  };
}

const SELECTOR = encodeURIComponent(`${LAB_LABEL}=config`);

function configMapName({ namespace, deployment, file }: ConfigFile): Part<DeploymentObject, string> {
  return {
    what: `configuration of ${deployment}`,
    path: deploymentPath(namespace, deployment),
    annotation: `${ANNOTATION_PREFIX}config`,
    kind: 'strategic',
    read: (object) => configVolume(object, file).configMap.name,
    write: (name, object) => {
      const volumes = [{ name: configVolume(object, file).name, configMap: { name } }];
      return { spec: { template: { spec: { volumes } } } };
    },
  };
}

function configVolume({ metadata, spec }: DeploymentObject, file: string) {
  for (const { name, configMap } of spec.template.spec.volumes ?? []) {
    if (configMap !== undefined) return { name, configMap };
  }
  throw new Error(`cannot change ${file}: expected a volume from a ConfigMap in Deployment ${metadata.name}, got none`);
}

async function createUnlessThere(api: Api, namespace: string, configMap: object): Promise<void> {
  try {
    await api.send('POST', configMapsPath(namespace), { apiVersion: 'v1', kind: 'ConfigMap', ...configMap });
  } catch (thrown) {
    // The name is made from the content: what is there is the same.
    if (!(thrown instanceof ApiError && thrown.status === 409)) throw thrown;
  }
}
