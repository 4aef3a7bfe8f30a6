import { fastify } from 'fastify';
import { join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { isJsonObject, parseJson, type JsonObject } from '../../application/ports/json.ts';
import { guardServer } from './guard.ts';
import { OPERATIONS } from './logs/operations.ts';
import type { ServiceError } from './logs/rules.ts';
import { LogStore } from './logs/store.ts';
import { LOOPBACK, type EmbeddedServer, type EmbeddedServerOptions } from './server.ts';

/** The SDK speaks AWS JSON 1.1 to CloudWatch Logs. */
const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'Logs_20140328.';
/** A batch of 1 MiB with each character escaped to six, and the names around 10,000 events. */
const BODY_BYTES_MAX = 8 * 1_048_576;

/**
 * The part of CloudWatch Logs that this project uses, with the documented limits and errors.
 * Acknowledged events are in files of JSON Lines in `dataDir`.
 */
export const startEmbeddedLogs = async (
  options: EmbeddedServerOptions & { readonly now?: () => number },
): Promise<EmbeddedServer> => {
  const { dataDir, port, now = Date.now } = options;
  const store = new LogStore(join(dataDir, 'groups'));
  const server = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  guardServer(server.server);

  server.addContentTypeParser(CONTENT_TYPE, { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  server.get('/', (_request, reply) => reply.send({ service: 'logs' }));
  server.post('/', (request, reply) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = OPERATIONS.get(target.replace(TARGET_PREFIX, ''));
    const input = parseObject(String(request.body));
    void reply.type(CONTENT_TYPE);
    if (operation === undefined) return reply.code(400).send(refusal(UNKNOWN_OPERATION));
    if (input.isErr()) return reply.code(400).send(refusal(input.error));
    return operation(store, input.value, now()).match(
      (answer) => reply.send(JSON.stringify(answer)),
      (error) => reply.code(400).send(refusal(error)),
    );
  });

  return { url: await server.listen({ host: LOOPBACK, port }), close: () => server.close() };
};

const UNKNOWN_OPERATION: ServiceError = {
  name: 'UnknownOperationException',
  message: 'This endpoint knows no such operation.',
};

const refusal = ({ name, message }: ServiceError): string =>
  JSON.stringify({ __type: name, message });

const parseObject = (body: string): Result<JsonObject, ServiceError> =>
  parseJson(body)
    .andThen((value) => (isJsonObject(value) ? ok(value) : err('is not an object')))
    .mapErr((why) => ({ name: 'SerializationException', message: `the body ${why}` }));
