import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect } from 'chai';
import fc from 'fast-check';
import { DaySigner } from '../../../src/adapters/aws/signer.ts';

/** As the SDK gives it to its own signer. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac(
            'sha256',
            typeof secret === 'string' ? secret : Buffer.from(secret as Uint8Array),
          );
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    throw new Error('not asked for');
  }
}

const value = fc.string({
  unit: fc.constantFrom(...Array.from('aZ09 -_./;=,\t')),
  minLength: 1,
  maxLength: 40,
});
const headerNames = fc.constantFrom(
  'Content-Type',
  'X-Amz-Target',
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'user-agent',
  'x-amz-user-agent',
  'X-Amzn-Trace-Id',
  'connection',
  'sec-fetch-mode',
);
const credentials = fc.record({
  accessKeyId: fc.string({
    unit: fc.constantFrom(...Array.from('AKIDZ01')),
    minLength: 16,
    maxLength: 20,
  }),
  secretAccessKey: fc.string({ minLength: 1, maxLength: 40 }),
  sessionToken: fc.option(fc.base64String({ minLength: 4, maxLength: 80 }), { nil: undefined }),
});

describe('the signer', () => {
  it('signs byte for byte as the SDK’s own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          headers: fc.dictionary(headerNames, value, { maxKeys: 6 }),
          body: fc.oneof(fc.string(), fc.uint8Array()),
          path: fc.constantFrom('/', '/v2/email/outbound-emails', '/v2/%C3%A4%20b/c%2Fd'),
        }),
        credentials,
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        async ({ headers, body, path }, { sessionToken, ...identity }, signingDate) => {
          const options = {
            service: 'dynamodb',
            region: 'eu-central-1',
            credentials: { ...identity, ...(sessionToken !== undefined && { sessionToken }) },
            sha256: Sha256,
          };
          const request = () => ({
            method: 'POST',
            protocol: 'https:',
            hostname: 'dynamodb.eu-central-1.amazonaws.com',
            path,
            query: {},
            headers: { ...headers, host: 'dynamodb.eu-central-1.amazonaws.com' },
            body,
          });
          const scope = { signingDate, signingRegion: 'eu-west-1', signingService: 'sqs' };
          const expected = await new SignatureV4(options).sign(request(), scope);
          const signed = await new DaySigner(options).sign(request(), scope);
          expect(signed.headers).to.deep.equal(expected.headers);

          // The SDK repeats a request by signing it again.
          const later = { ...scope, signingDate: new Date(signingDate.getTime() + 90_000_000) };
          const again = await new SignatureV4(options).sign(request(), later);
          expect((await new DaySigner(options).sign(signed, later)).headers).to.deep.equal(
            again.headers,
          );
        },
      ),
    );
  });
});
