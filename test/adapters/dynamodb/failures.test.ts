import { expect } from 'chai';
import {
  isAboutItem,
  repeatableFailure,
  writeFailure,
} from '../../../src/adapters/dynamodb/failures.ts';

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('why'), { name, $metadata: { httpStatusCode } });
const cut = (code: string) => Object.assign(new Error('why'), { code });
const entry = (Code: string) => ({ Code, Message: 'why' });

describe('a DynamoDB failure', () => {
  for (const [what, error, type] of [
    ['throttling of a request (D6)', answered('ThrottlingException', 400), 'Unavailable'],
    [
      'throttling of a table (D6)',
      answered('ProvisionedThroughputExceededException', 400),
      'Unavailable',
    ],
    ['throttling of a batch entry (D6)', entry('ThrottlingError'), 'Unavailable'],
    ['a 429 of any name (D6)', answered('TooManyRequests', 429), 'Unavailable'],
    ['a refused connection', cut('ECONNREFUSED'), 'Unavailable'],
    ['an unknown host', cut('ENOTFOUND'), 'Unavailable'],
    ['a missing table', answered('ResourceNotFoundException', 400), 'Misconfigured'],
    ['a missing table in a batch', entry('ResourceNotFound'), 'Misconfigured'],
    ['denied access', answered('AccessDeniedException', 400), 'Misconfigured'],
    ['denied access in a batch', entry('AccessDenied'), 'Misconfigured'],
    ['an unknown key', answered('UnrecognizedClientException', 400), 'Misconfigured'],
    ['no credentials', answered('CredentialsProviderError', 0), 'Misconfigured'],
    ['an invalid request', answered('ValidationException', 400), 'Misconfigured'],
    ['an invalid batch entry', entry('ValidationError'), 'Misconfigured'],
    ['a failing server (D4)', answered('InternalServerError', 500), 'Ambiguous'],
    ['a failing server in a batch (D4)', entry('InternalServerError'), 'Ambiguous'],
    ['a time-out (D4)', answered('TimeoutError', 0), 'Ambiguous'],
    ['a request that timed out on the way (D4)', answered('RequestTimeout', 408), 'Ambiguous'],
    ['a cut connection (D4)', cut('ECONNRESET'), 'Ambiguous'],
    ['an answer nobody can read (D4)', new SyntaxError('why'), 'Ambiguous'],
    ['a transaction of another (A2)', answered('TransactionConflictException', 400), 'Ambiguous'],
    ['a transaction of another in a batch (A2)', entry('TransactionConflict'), 'Ambiguous'],
    ['colliding replicas (D17)', answered('ReplicatedWriteConflictException', 400), 'Ambiguous'],
    ['something that is no error', undefined, 'Ambiguous'],
  ] as const) {
    it(`is ${type} for a write on ${what}`, () => {
      expect(writeFailure('EventStore', error).type).to.equal(type);
    });
  }

  it('says whether it was throttled, so that the caller can slow down', () => {
    expect(writeFailure('EventStore', entry('RequestLimitExceeded'))).to.deep.equal({
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'RequestLimitExceeded: why',
      throttled: true,
    });
    expect(writeFailure('EventStore', cut('ECONNREFUSED'))).to.include({ throttled: false });
  });

  it('of a read is Unavailable where a write would be ambiguous', () => {
    expect(repeatableFailure('InvoiceView', answered('InternalServerError', 500))).to.deep.equal({
      type: 'Unavailable',
      dependency: 'InvoiceView',
      cause: 'InternalServerError: why',
      throttled: false,
    });
  });

  it('A2: is about one item for its size, and about all for the table or the role', () => {
    const size = 'Item size has exceeded the maximum allowed size';
    const keys = 'The provided key element does not match the schema';
    for (const [name, message, expected] of [
      ['ValidationException', size, true],
      ['ValidationException', 'Item size to update has exceeded the maximum allowed size', true],
      ['ValidationException', 'Size of hashkey has exceeded the maximum size limit', true],
      ['ItemCollectionSizeLimitExceededException', 'Collection size exceeded.', true],
      ['ValidationException', keys, false],
      ['ResourceNotFoundException', 'Requested resource not found', false],
      ['AccessDeniedException', 'not authorized', false],
      ['ProvisionedThroughputExceededException', 'The level of configured throughput', false],
    ] as const) {
      const error = Object.assign(answered(name, 400), { message });
      expect(isAboutItem(error), `${name}: ${message}`).to.equal(expected);
    }
    expect(isAboutItem({ Code: 'ValidationError', Message: size })).to.equal(true);
    expect(isAboutItem(entry('ItemCollectionSizeLimitExceeded'))).to.equal(true);
  });
});
