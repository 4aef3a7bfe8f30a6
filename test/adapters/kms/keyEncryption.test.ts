import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { openKmsClient } from '../../../src/adapters/aws/clients.ts';
import { decrypt, encryptOnce, randomKey } from '../../../src/adapters/encryption/aead.ts';
import { createKmsKeyEncryption } from '../../../src/adapters/kms/keyEncryption.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { must } from '../../support/commits.ts';

type Asked = {
  readonly KeyId?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Readonly<Record<string, string>>;
};
type Reply = { readonly status: number; readonly body: object };

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd';

/** The two operations that are used, over a key of its own, with every call noted. */
const startKms = async () => {
  const master = randomKey();
  const calls: string[] = [];
  let refusal: Reply | undefined;
  const contextOf = (asked: Asked): string => JSON.stringify(asked.EncryptionContext);
  const answer = (operation: string, asked: Asked): Reply => {
    if (refusal !== undefined) return refusal;
    if (operation === 'GenerateDataKeyWithoutPlaintext') {
      const wrapped = encryptOnce(master, randomKey(), contextOf(asked));
      return { status: 200, body: { KeyId: ARN, CiphertextBlob: wrapped.toString('base64') } };
    }
    const blob = Buffer.from(asked.CiphertextBlob ?? '', 'base64');
    const key = asked.KeyId === ARN ? decrypt(master, blob, contextOf(asked)) : undefined;
    return key === undefined
      ? { status: 400, body: { __type: 'InvalidCiphertextException' } }
      : { status: 200, body: { KeyId: ARN, Plaintext: key.toString('base64') } };
  };
  const serve = async (request: IncomingMessage): Promise<Reply> => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push(operation);
    return answer(operation, JSON.parse(await text(request)) as Asked);
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
    refuse: (reply: Reply | undefined) => void (refusal = reply),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

describe('The key-encryption key of AWS KMS', () => {
  let kms: Awaited<ReturnType<typeof startKms>>;
  let opened = 0;

  before(async () => {
    kms = await startKms();
  });
  beforeEach(() => {
    kms.calls.length = 0;
    kms.refuse(undefined);
    opened = 0;
  });
  after(() => kms.close());

  const processWith = (table = createMemoryKeyTable()) =>
    createKmsKeyEncryption({
      openKms: () => {
        opened += 1;
        const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
        return openKmsClient({ region: 'eu-central-1', endpoint: kms.endpoint, credentials });
      },
      keyId: 'alias/paidonce-personal-data',
      table,
      clock: { now: () => 1 },
    });

  it('is made once, and asked for once by each process, whatever it wraps', async () => {
    const table = createMemoryKeyTable();
    const [one, other] = [processWith(table), processWith(table)];
    const wrapped = await must(one.wrap(Buffer.from('a secret'), 'about it'));
    await must(one.wrap(Buffer.from('another'), 'about that'));
    expect(Buffer.from(await must(other.unwrap(wrapped, 'about it'))).toString()).to.equal(
      'a secret',
    );
    expect(kms.calls).to.deep.equal(['GenerateDataKeyWithoutPlaintext', 'Decrypt', 'Decrypt']);
    expect(table.items.map(({ name, kek }) => [name, kek])).to.deep.equal([['kek#1', ARN]]);
  });

  it('is one, though two processes make it at the same moment', async () => {
    const table = createMemoryKeyTable();
    const [one, other] = [processWith(table), processWith(table)];
    const both = await Promise.all(
      [one, other].map((each) => must(each.wrap(Buffer.from('a secret'), 'about it'))),
    );
    for (const wrapped of both) {
      for (const each of [one, other, processWith(table)])
        await must(each.unwrap(wrapped, 'about it'));
    }
    expect(table.items).to.have.length(1);
  });

  it('is not asked for, and its SDK not opened, before it is needed', () => {
    processWith();
    expect(opened).to.equal(0);
  });

  it('unwraps nothing that was moved or changed', async () => {
    const encryption = processWith();
    const { kek, wrapped } = await must(encryption.wrap(Buffer.from('a secret'), 'about it'));
    const changed = Uint8Array.from(wrapped, (byte, at) => (at === 20 ? byte ^ 1 : byte));
    for (const [bytes, about] of [
      [wrapped, 'about that'],
      [changed, 'about it'],
    ] as const) {
      const unwrapped = await encryption.unwrap({ kek, wrapped: bytes }, about);
      expect(unwrapped.isErr() && unwrapped.error.type).to.equal('Misconfigured');
    }
  });

  for (const [name, status, type] of [
    ['AccessDeniedException', 400, 'Misconfigured'],
    ['DisabledException', 400, 'Misconfigured'],
    ['NotFoundException', 400, 'Misconfigured'],
    ['ThrottlingException', 400, 'Unavailable'],
    ['KMSInternalException', 500, 'Unavailable'],
  ] as const) {
    it(`is ${type} for ${name}, and is asked for again`, async () => {
      const encryption = processWith();
      kms.refuse({ status, body: { __type: name } });
      const refused = await encryption.wrap(Buffer.from('a secret'), 'about it');
      expect(refused.isErr() && refused.error).to.include({ type, dependency: 'CustomerKeys' });
      kms.refuse(undefined);
      await must(encryption.wrap(Buffer.from('a secret'), 'about it'));
    });
  }
});
