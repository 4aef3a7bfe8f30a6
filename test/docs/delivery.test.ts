import { expect } from 'chai';
import { Stripe } from 'stripe';
import { putErrorOf } from '../../src/adapters/cloudwatch/putLogEvents.ts';
import { isAboutItem } from '../../src/adapters/dynamodb/failures.ts';
import { notifierErrorOf } from '../../src/adapters/ses/sender.ts';
import { entryErrorOf, failedEntry } from '../../src/adapters/sqs/failures.ts';
import { chargeFailure } from '../../src/adapters/stripe/errors.ts';
import { dispositionOf } from '../../src/application/delivery/disposition.ts';
import type { HandlerError } from '../../src/application/delivery/handler.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { readText, tableRows } from './markdown.ts';

describe('docs/delivery.md', () => {
  const page = readText('docs/delivery.md');
  const points = page.split(/^- (?=\*\*)/mu).slice(1);
  const pointsOf = (project: string): readonly string[] =>
    points
      .filter((point) => point.startsWith(`**${project}**`))
      .map((point) => point.split('\n\n')[0] ?? '');

  it('names the disposition of every error', () => {
    const expected = Object.entries(ERRORS).flatMap(([type, errors]) => {
      const rows = errors.map((error) => [`\`${type}\``, ...rowOf(error)]);
      return [...new Map(rows.map((row) => [row.join(), row])).values()];
    });

    expect(tableRows(page, 'Error')).to.deep.equal(expected);
  });

  it('says of each error of a service whether it is of the item or of the dependency (A2)', () => {
    const rows = tableRows(page, 'Service');
    const documented = rows.flatMap(([service = '', errors = '', of]) =>
      [...errors.matchAll(/`([^`]+)`/gu)].map(([, error = '']) => [service, error, of] as const),
    );

    expect(new Set(rows.map(([service]) => service))).to.deep.equal(new Set(Object.keys(CLASSES)));
    expect(documented.length).to.be.at.least(50);
    for (const [service, error, of] of documented) {
      const isOfItem = CLASSES[service]?.(error);
      expect(isOfItem ? 'item' : 'dependency', `${service}: ${error}`).to.equal(of);
    }
  });

  it('names a probe for each dependency that handlers call', () => {
    expect(tableRows(page, 'Dependency').map(([name]) => name)).to.deep.equal(
      CALLED.map((name) => `\`${name}\``),
    );
  });

  it('names tests that there are for all that it claims of this engine', () => {
    const specs = sourcesBelow('test')
      .filter(({ path }) => !path.startsWith('test/docs/'))
      .map(({ text }) => text)
      .join('\n');
    const claims = pointsOf('Paidonce').map((point) => testsIn(point));

    expect(claims.length).to.be.at.least(10);
    expect(claims.filter((tests) => tests.length === 0)).to.deep.equal([]);
    expect(claims.flat().filter((test) => !specs.includes(`it('${test}'`))).to.deep.equal([]);
  });

  it('has a source for all that it claims of others, in the version that was read', () => {
    for (const project of ['sqs-consumer', 'Spring Cloud AWS', 'MassTransit']) {
      const claims = pointsOf(project);
      const version = tableRows(page, 'Project').find(([name]) => name === project)?.[1] ?? '';
      const [commit = 'none'] = /[0-9a-f]{40}/u.exec(version) ?? [];

      expect(claims, project).to.have.length(pointsOf('Paidonce').length);
      const unsourced = claims.filter(
        (claim) => !claim.includes(commit) && !/\/(?:issues|pull)\/\d+/u.test(claim),
      );
      expect(unsourced).to.deep.equal([]);
    }
  });
});

/** What stands in italics behind `Tests:`. */
const testsIn = (point: string): readonly string[] => {
  const [, tests = ''] = point.replaceAll(/\s+/gu, ' ').split('Tests: ');
  return [...tests.matchAll(/_(.+?)_(?=;|\.)/gu)].map(([, title = '']) => title);
};

const rowOf = (error: HandlerError): readonly [string, string] => {
  const disposition = dispositionOf(error);
  switch (disposition.type) {
    case 'Acknowledge':
    case 'DeadLetter':
      return [disposition.type, ''];
    case 'Retry':
      return ['Retry', disposition.delayClass];
    case 'Pause':
      return [
        'Pause',
        `${NAMED[disposition.dependency] ?? disposition.dependency}: ${disposition.trouble}`,
      ];
  }
};

const CALLED = [
  'EventStore',
  'InvoiceView',
  'MessageQueue',
  'OrderEvents',
  'PaymentGateway',
  'Notifier',
];

/** As an SDK of AWS throws it. */
const thrown = (said: string): Error => {
  const [name = '', message = 'no'] = said.split(': ');
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
};

const stripeError = (said: string): Error => {
  const isReplay = said === 'idempotent replay of a 500';
  const status = /^\d+$/u.test(said) ? Number(said) : isReplay ? 500 : 400;
  const isCode = status === 400 && !said.includes(' ');
  return Stripe.errors.generateV1Error({
    statusCode: status,
    type: status === 500 ? 'api_error' : 'invalid_request_error',
    message: 'for people',
    ...(isCode && { code: said }),
    headers: isReplay ? { 'idempotent-replayed': 'true' } : {},
  });
};

/** Whether the adapter takes an error for one of the item, by service. */
const CLASSES: Readonly<Record<string, (said: string) => boolean>> = {
  DynamoDB: (said) => isAboutItem(thrown(said)),
  'SQS, a call': (said) => entryErrorOf(thrown(said)) !== undefined,
  'SQS, an entry': (said) => failedEntry(said, true).trouble === undefined,
  SES: (said) => notifierErrorOf(thrown(said)).type === 'Undeliverable',
  Stripe: (said) => {
    const failure = chargeFailure(stripeError(said));
    return failure.type === 'Declined' || failure.trouble === undefined;
  },
  'CloudWatch Logs': (said) => putErrorOf(thrown(said)).type === 'BatchRefused',
};

const orderId = 'o-1';
const dependency = 'InvoiceView';
const cause = 'any';
/** What these errors name themselves. */
const NAMED: Readonly<Record<string, string>> = { [dependency]: 'the one it names' };

/** Each in all its kinds; a new error does not compile until it is here. */
const ERRORS: {
  readonly [T in HandlerError['type']]: readonly (HandlerError & { readonly type: T })[];
} = {
  MalformedMessage: [{ type: 'MalformedMessage', reasons: [] }],
  InvalidOrder: [{ type: 'InvalidOrder', orderId, reasons: [] }],
  PayloadConflict: [{ type: 'PayloadConflict', orderId }],
  NotAllowed: [{ type: 'NotAllowed', orderId, command: 'RefundPayment' }],
  ReviewRequired: [{ type: 'ReviewRequired', orderId, reason: 'amount' }],
  Contradiction: [{ type: 'Contradiction', orderId, reason: 'moved' }],
  DisputeUnknown: [{ type: 'DisputeUnknown', dispute: 'du_1', payment: 'pi_1' }],
  StepsExhausted: [{ type: 'StepsExhausted', orderId }],
  Unchargeable: [{ type: 'Unchargeable', orderId, reason: 'too small' }],
  Undeliverable: [{ type: 'Undeliverable', orderId, reason: 'suppressed' }],
  TooLarge: [{ type: 'TooLarge', bytes: 2_000_000 }],
  CommitTooLarge: [{ type: 'CommitTooLarge', streamId: 'order#o-1', bytes: 500_000 }],
  NotYet: [{ type: 'NotYet', orderId, why: 'any', retryAfterMs: 1 }],
  ConflictsExhausted: [{ type: 'ConflictsExhausted', orderId }],
  Aborted: [{ type: 'Aborted', dependency }],
  SendFailed: [
    { type: 'SendFailed', code: 'InternalError' },
    { type: 'SendFailed', code: 'InvalidMessageContents', isFinal: true },
    { type: 'SendFailed', code: 'KmsAccessDenied', trouble: 'Misconfigured' },
  ],
  CorruptStream: [{ type: 'CorruptStream', streamId: 'order#o-1', version: 1, why: 'any' }],
  CorruptRow: [{ type: 'CorruptRow', orderId, why: 'any' }],
  OutcomeUnknown: [
    { type: 'OutcomeUnknown', orderId, cause },
    { type: 'OutcomeUnknown', orderId, cause, trouble: 'Unavailable' },
    { type: 'OutcomeUnknown', orderId, cause, trouble: 'Throttled' },
    { type: 'OutcomeUnknown', orderId, cause, trouble: 'Misconfigured' },
  ],
  NotExecuted: [
    { type: 'NotExecuted', orderId, reason: 'any' },
    { type: 'NotExecuted', orderId, reason: 'any', trouble: 'Unavailable' },
    { type: 'NotExecuted', orderId, reason: 'any', trouble: 'Throttled' },
    { type: 'NotExecuted', orderId, reason: 'any', trouble: 'Misconfigured' },
  ],
  Uncertain: [{ type: 'Uncertain', streamId: 'order#o-1', cause }],
  Unavailable: [
    { type: 'Unavailable', dependency, cause, throttled: false },
    { type: 'Unavailable', dependency, cause, throttled: true },
  ],
  Misconfigured: [{ type: 'Misconfigured', dependency, cause }],
};
