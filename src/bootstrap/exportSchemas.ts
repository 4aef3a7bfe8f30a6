import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  cloudEventSchema,
  GatewayEventV1,
  NotificationMessages,
  ORDER_EVENT_KINDS,
  PaymentMessages,
  schemaIdOf,
  typeOf,
  type OrderEventKind,
} from '../application/messages/index.ts';

/**
 * Each message's JSON Schema as text, by the name of its file, such as `PlaceOrder.v1.schema.json`.
 */
export const messageSchemas = (): ReadonlyMap<string, string> =>
  new Map(
    [...PaymentMessages, GatewayEventV1, ...NotificationMessages].map((schema) => {
      const { type, v } = schema.shape;
      const title = `${type.value}.v${v.value}`;
      const text = JSON.stringify({ title, ...z.toJSONSchema(schema) }, undefined, 2);
      return [`${title}.schema.json`, `${text}\n`];
    }),
  );

/** Readers of these take members that they do not know: later ones only add. */
export const orderEventSchema = (kind: OrderEventKind) => {
  const schema = z.toJSONSchema(cloudEventSchema(kind), { io: 'input' });
  return { $id: schemaIdOf(kind), title: typeOf(kind), ...schema };
};

/**
 * The schemas of what others hear of orders, by names such as `paidonce.order.paid.v1.schema.json`.
 */
export const orderEventSchemas = (): ReadonlyMap<string, string> =>
  new Map(
    ORDER_EVENT_KINDS.map((kind) => [
      `${typeOf(kind)}.schema.json`,
      `${JSON.stringify(orderEventSchema(kind), undefined, 2)}\n`,
    ]),
  );

/** Makes the folder hold these schemas and nothing else. */
const exportSchemas = async (folder: string): Promise<void> => {
  const schemas = new Map([...messageSchemas(), ...orderEventSchemas()]);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!schemas.has(name)) await rm(join(folder, name));
  for (const [name, text] of schemas) await writeFile(join(folder, name), text);
};

// `npm run docs:messages`
if (import.meta.main) await exportSchemas(join(import.meta.dirname, '../../docs/messages'));
