import * as z from 'zod';
import type { JsonSchema } from './additive.ts';
import { OF_DEPLOYMENT } from './ofDeployment.ts';
import { OF_OPERATIONS } from './ofOperations.ts';
import { OF_REPLAYS } from './ofReplays.ts';
import { OF_ORDERS } from './ofOrders.ts';
import { OF_SANDBOX } from './ofSandbox.ts';
import { failure } from './parts.ts';

export { failure };

/** The schema of one line of each command's output with --json. */
export const JSON_OUTPUTS: Readonly<Record<string, z.ZodType>> = {
  ...OF_ORDERS,
  ...OF_OPERATIONS,
  ...OF_REPLAYS,
  ...OF_DEPLOYMENT,
  ...OF_SANDBOX,
};

/**
 * The JSON Schema of each command's output, and of errors, by the name of its file, such as
 * `dlq-list.schema.json`.
 */
export const outputSchemas = (): ReadonlyMap<string, JsonSchema> =>
  new Map(
    Object.entries({ ...JSON_OUTPUTS, error: failure }).map(([command, schema]) => {
      const title =
        command === 'error' ? 'an error, on stderr' : `a line of \`paidonce ${command} --json\``;
      const { $schema, ...rest } = z.toJSONSchema(schema);
      return [
        `${command.replaceAll(' ', '-')}.schema.json`,
        { $schema, title, ...open(rest) } as JsonSchema,
      ];
    }),
  );

/** Readers have to expect members that a later version adds. */
const open = (part: object): object =>
  Object.fromEntries(
    Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
      if (name === 'additionalProperties' && value === false) return [];
      // The format says it, and is shorter.
      if (name === 'pattern' && 'format' in part) return [];
      if (Array.isArray(value)) {
        return [[name, value.map((one: unknown) => (isObject(one) ? open(one) : one))]];
      }
      return [[name, isObject(value) ? open(value) : value]];
    }),
  );

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
