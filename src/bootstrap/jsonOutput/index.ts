import type * as z from 'zod';
import { OF_DEPLOYMENT } from './ofDeployment.ts';
import { OF_OPERATIONS } from './ofOperations.ts';
import { OF_REPLAYS } from './ofReplays.ts';
import { OF_ORDERS } from './ofOrders.ts';
import { OF_SANDBOX } from './ofSandbox.ts';

export { failure } from './parts.ts';

/** For each command: what one line is of that it prints with --json. */
export const JSON_OUTPUTS: Readonly<Record<string, z.ZodType>> = {
  ...OF_ORDERS,
  ...OF_OPERATIONS,
  ...OF_REPLAYS,
  ...OF_DEPLOYMENT,
  ...OF_SANDBOX,
};
