import { createIdentifyDeployment } from '../../src/application/deployment/deployment.ts';
import type { Telemetry } from '../../src/application/ports/telemetry.ts';
import { parseConfig } from '../../src/bootstrap/config.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import {
  createService,
  settingsOfService,
  type RunningService,
  type ServiceName,
} from '../../src/bootstrap/worker.ts';
import { CREDENTIALS } from './measured.ts';

/** Services as `paidonce worker` puts them together, after what `paidonce setup` records. */
export const openWorkers = async (
  names: readonly ServiceName[],
  env: NodeJS.ProcessEnv,
  console: Telemetry,
): Promise<readonly RunningService[]> => {
  const parsed = parseConfig(env, { needs: names.flatMap(settingsOfService) });
  if (parsed.isErr()) throw new Error(JSON.stringify(parsed.error));
  const config = { ...parsed.value, credentials: CREDENTIALS };
  const { get } = createContainer(application, aws({ service: 'bench' }), config);
  const { store, ids, clock } = { store: get('store'), ids: get('ids'), clock: get('clock') };
  const identified = await createIdentifyDeployment({ store, ids, clock })();
  if (identified.isErr()) throw new Error(JSON.stringify(identified.error));
  return names.map((name) => createService(name, config, console));
};
