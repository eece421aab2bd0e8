import { createCredentialStore, type CredentialStore, type People, peopleOf } from './iam/credentials.ts';
import { createIam, type Iam } from './iam/iam.ts';
import { recordMachineUse } from './iam/machine-use.ts';
import type { Resource } from './service.ts';
import { readAssembly } from './template/assembly.ts';
import { resolveTemplate } from './template/resolve-template.ts';

/** What every part of the cloud is made from: the resolved template, who may do what, and where to keep things. */
export type World = {
  readonly directory: string;
  readonly url: string;
  readonly resources: readonly Resource[];
  /** Object key in the bootstrap bucket → directory of the bundle. */
  readonly assets: ReadonlyMap<string, string>;
  readonly iam: Iam;
  readonly people: People;
  readonly credentials: CredentialStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** Reads the assembly as it stands in a cloud on this port. Throws a `BootError` for what is not run here. */
export function readWorld(options: {
  readonly assembly: string;
  readonly directory: string;
  readonly port: number;
}): World {
  const { directory, port } = options;
  const assembly = readAssembly(options.assembly);
  const resources = resolveTemplate(assembly, port);
  const iam = createIam(resources);
  recordMachineUse(iam, resources);
  const people = peopleOf(directory);
  return {
    directory,
    url: `http://127.0.0.1:${port}`,
    resources,
    assets: assembly.assets,
    iam,
    people,
    credentials: createCredentialStore(iam.roles, people),
    now: Date.now,
  };
}
