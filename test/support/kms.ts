import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { decrypt, encryptOnce, randomKey } from '../../src/adapters/encryption/aead.ts';

type AskedOfKms = {
  readonly KeyId?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Readonly<Record<string, string>>;
};
export type KmsReply = { readonly status: number; readonly body: object };

export const KMS_KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd';

/** The two operations that are used, over a key of its own, with every call noted. */
export const startKms = async () => {
  const master = randomKey();
  const calls: string[] = [];
  let refusal: KmsReply | undefined;
  const contextOf = (asked: AskedOfKms): string => JSON.stringify(asked.EncryptionContext);
  const answer = (operation: string, asked: AskedOfKms): KmsReply => {
    if (refusal !== undefined) return refusal;
    if (operation === 'GenerateDataKeyWithoutPlaintext') {
      const wrapped = encryptOnce(master, randomKey(), contextOf(asked));
      return {
        status: 200,
        body: { KeyId: KMS_KEY_ARN, CiphertextBlob: wrapped.toString('base64') },
      };
    }
    const blob = Buffer.from(asked.CiphertextBlob ?? '', 'base64');
    const key = asked.KeyId === KMS_KEY_ARN ? decrypt(master, blob, contextOf(asked)) : undefined;
    return key === undefined
      ? { status: 400, body: { __type: 'InvalidCiphertextException' } }
      : { status: 200, body: { KeyId: KMS_KEY_ARN, Plaintext: key.toString('base64') } };
  };
  const serve = async (request: IncomingMessage): Promise<KmsReply> => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push(operation);
    return answer(operation, JSON.parse(await text(request)) as AskedOfKms);
  };
  const server: Server = createServer((request, response) => {
    void serve(request).then(({ status, body }) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    endpoint: `http://127.0.0.1:${port}`,
    refuse: (reply: KmsReply | undefined) => void (refusal = reply),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
