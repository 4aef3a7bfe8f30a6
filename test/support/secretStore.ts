import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export const SECRET_REGION = 'eu-west-1';

const ACCOUNT = '111122223333';

/** The ARNs of a secret and of a parameter of that name. */
export const secretArnOf = (name: string): string =>
  `arn:aws:secretsmanager:${SECRET_REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
export const parameterArnOf = (name: string): string =>
  `arn:aws:ssm:${SECRET_REGION}:${ACCOUNT}:parameter/${name}`;

type Denial = { readonly error: string; readonly message?: string; readonly status?: number };

export type SecretStore = {
  readonly url: string;
  /** What is kept, by ARN; a denial is answered as it is. */
  readonly kept: Map<string, string | Denial>;
  /** The ARNs that were asked for, in order. */
  readonly asked: string[];
  /** Of the requests that came: who they are signed for. */
  readonly scopes: Set<string>;
  close(): Promise<void>;
};

type Asked = { readonly SecretId?: string; readonly Name?: string };

/**
 * Stands in for Secrets Manager and Parameter Store, whose protocol is JSON 1.1; moto proves the
 * same of an independent server.
 */
export const startSecretStore = async (): Promise<SecretStore> => {
  const kept = new Map<string, string | Denial>();
  const asked: string[] = [];
  const scopes = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { SecretId, Name = '' } = (await json(request)) as Asked;
    const arn = SecretId ?? Name;
    asked.push(arn);
    scopes.add(/Credential=\w+\/\d+\/([^,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const missing = SecretId === undefined ? 'ParameterNotFound' : 'ResourceNotFoundException';
    const found = kept.get(arn) ?? { error: missing };
    const status = typeof found === 'string' ? 200 : (found.status ?? 400);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    if (typeof found !== 'string') {
      const { error, message = 'as the test wants it' } = found;
      response.end(JSON.stringify({ __type: error, message }));
    } else if (SecretId === undefined) {
      response.end(JSON.stringify({ Parameter: { ARN: arn, Type: 'SecureString', Value: found } }));
    } else {
      response.end(JSON.stringify({ ARN: arn, SecretString: found }));
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    kept,
    asked,
    scopes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
