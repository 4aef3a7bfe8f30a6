import { expect } from 'chai';
import { openKmsClient } from '../../../src/adapters/aws/clients.ts';
import { createKmsKeyEncryption } from '../../../src/adapters/kms/keyEncryption.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { must } from '../../support/commits.ts';
import { KMS_KEY_ARN, startKms } from '../../support/kms.ts';

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
    expect(table.items.map(({ name, kek }) => [name, kek])).to.deep.equal([['kek#1', KMS_KEY_ARN]]);
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

  it('is not made by whoever asks whether there is one', async () => {
    const table = createMemoryKeyTable();
    expect(await must(processWith(table).isMade())).to.equal(false);
    expect([kms.calls, table.items]).to.deep.equal([[], []]);
    await must(processWith(table).wrap(Buffer.from('a secret'), 'about it'));
    expect(await must(processWith(table).isMade())).to.equal(true);
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
