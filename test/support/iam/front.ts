import { createServer, request, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import type { PolicyStatement } from '../../../src/adapters/iam/policy.ts';
import { decide, type IamVerdict } from './decide.ts';
import { needsOf, operationOf, type Need, type SignedCall } from './needs.ts';

/** A decision, for each need of each call. */
export type IamRecord = Need & IamVerdict & { readonly operation: string };

type ScriptedAnswer = { readonly status: number; readonly body: string };

type FrontOptions = {
  readonly place: PolicyPlace;
  readonly statements: readonly PolicyStatement[];
  /** Where each service is, by the name that signatures have for it. */
  readonly servers: Readonly<Record<string, string>>;
  readonly onRecord: (record: IamRecord) => void;
};

/**
 * A proxy before servers that know no IAM: who asks here has one role, whose policy decides.
 * Whatever is refused is answered as AWS would, and any other call is passed on.
 */
export const openIamFront = async (options: FrontOptions) => {
  const agent = new Agent({ keepAlive: true });
  const scripted: ((call: SignedCall) => ScriptedAnswer | undefined)[] = [];
  const serve = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const call = callOf(asked, await text(asked));
    const records = needsOf(call, options.place).map((need) => ({
      ...need,
      operation: operationOf(call),
      ...decide(options.statements, need),
    }));
    records.forEach(options.onRecord);
    const refused = records.find(({ verdict }) => verdict !== 'allowed');
    if (refused !== undefined) return refuse(call, refused, reply);
    for (const script of scripted) {
      const answer = script(call);
      if (answer !== undefined) {
        reply.writeHead(answer.status, { 'content-type': JSON_TYPE }).end(answer.body);
        return;
      }
    }
    passOn({ asked, reply, agent, body: call.body, to: options.servers[call.service] });
  };
  const server = createServer((asked, reply) => {
    serve(asked, reply).catch((error: unknown) => reply.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** From now on what it gives is answered, and nothing passed on. */
    script: (answer: (call: SignedCall) => ScriptedAnswer | undefined) =>
      void scripted.push(answer),
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
};

export type IamFront = Awaited<ReturnType<typeof openIamFront>>;

const JSON_TYPE = 'application/x-amz-json-1.0';

/** The scope of the credential: id/date/region/service/aws4_request. */
const callOf = ({ headers, method = '', url = '' }: IncomingMessage, body: string): SignedCall => {
  const [, service = ''] =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  return { service, method, path: url, target: String(headers['x-amz-target'] ?? ''), body };
};

const refuse = (
  { service }: SignedCall,
  { action, resource, verdict }: IamRecord,
  reply: ServerResponse,
): void => {
  const why = verdict === 'denied' ? ' with an explicit deny in an identity-based policy' : '';
  const message = `User is not authorized to perform: ${action} on resource: ${resource}${why}`;
  if (service === 'sns') {
    const error = `<Type>Sender</Type><Code>AuthorizationError</Code><Message>${message}</Message>`;
    reply
      .writeHead(403, { 'content-type': 'text/xml' })
      .end(`<ErrorResponse><Error>${error}</Error></ErrorResponse>`);
    return;
  }
  const [status, type] = REFUSALS[service] ?? [400, 'AccessDeniedException'];
  reply
    .writeHead(status, { 'content-type': JSON_TYPE, 'x-amzn-errortype': type })
    .end(JSON.stringify({ __type: type, message }));
};

const REFUSALS: Readonly<Record<string, readonly [status: number, type: string]>> = {
  dynamodb: [400, 'com.amazon.coral.service#AccessDeniedException'],
  sqs: [403, 'com.amazonaws.sqs#AccessDenied'],
  ses: [403, 'AccessDeniedException'],
};

const passOn = ({
  asked,
  reply,
  agent,
  body,
  to,
}: {
  readonly asked: IncomingMessage;
  readonly reply: ServerResponse;
  readonly agent: Agent;
  readonly body: string;
  readonly to: string | undefined;
}): void => {
  if (to === undefined) throw new Error(`no server for ${asked.url}`);
  const { hostname, port, host } = new URL(to);
  const passed = request(
    {
      agent,
      hostname,
      port,
      method: asked.method,
      path: asked.url,
      headers: { ...asked.headers, host },
    },
    (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    },
  );
  passed.on('error', () => reply.destroy());
  reply.on('close', () => passed.destroy());
  passed.end(body);
};
