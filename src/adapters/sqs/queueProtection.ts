import { Result } from 'neverthrow';
import type { QueueAttributes } from './queueSettings.ts';

/** The protection of a queue, beside its settings. */
export type QueueProtection = {
  /** `none` where nothing is said of who may do what. */
  readonly policy: 'none' | 'tlsOnly' | 'other';
  /** Whether it says which queues may send their dead letters here. */
  readonly limitsRedrive: boolean;
  /** The key that encrypts its messages: a KMS key as it was named, or SQS's own. */
  readonly key: 'none' | 'own' | { readonly kms: string };
};

/**
 * The protection that the attributes show; undefined if the server says nothing of encryption, as
 * emulators do that know no policies.
 */
export const protectionIn = (attributes: QueueAttributes): QueueProtection | undefined => {
  const {
    Policy: policy,
    QueueArn: arn = '',
    KmsMasterKeyId: kms,
    SqsManagedSseEnabled: own,
    RedriveAllowPolicy: redrive,
  } = attributes;
  if (own === undefined && kms === undefined) return undefined;
  return {
    policy: !policy ? 'none' : isTlsOnly(policy, arn) ? 'tlsOnly' : 'other',
    limitsRedrive: Boolean(redrive),
    key: kms ? { kms } : own === 'true' ? 'own' : 'none',
  };
};

/**
 * The policy by which nobody may do anything with the queue by a request that could be read on its
 * way.
 */
export const tlsOnlyPolicy = (queueArn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OverTlsOnly',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Resource: queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });

type PolicyFields = Readonly<Record<string, unknown>>;

const fieldsIn = (value: unknown): PolicyFields =>
  typeof value === 'object' && value !== null ? (value as PolicyFields) : {};

/** A policy has one value, or a list of them; actions and keys of conditions in any case. */
const listIn = (value: unknown): readonly string[] =>
  [value].flat().map((each) => String(each).toLowerCase());

/** Whether it denies everybody everything without TLS, on no further condition. */
const isTlsOnly = (policy: string, queueArn: string): boolean =>
  statementsIn(policy).some((statement) => {
    const { Effect, Principal, Action, Resource, Condition } = fieldsIn(statement);
    const conditions = Object.entries(fieldsIn(Condition)).flatMap(([operator, keys]) =>
      Object.entries(fieldsIn(keys)).map(([key, value]) =>
        [operator, key.toLowerCase(), ...listIn(value)].join(' '),
      ),
    );
    const everybody = typeof Principal === 'string' ? Principal : fieldsIn(Principal)['AWS'];
    return (
      Effect === 'Deny' &&
      listIn(everybody).includes('*') &&
      listIn(Action).some((action) => action === 'sqs:*' || action === '*') &&
      listIn(Resource).some((on) => on === queueArn.toLowerCase() || on === '*') &&
      conditions.length === 1 &&
      conditions[0] === 'Bool aws:securetransport false'
    );
  });

/** The statements of a policy. A text that is no policy has none: it denies nothing. */
const statementsIn = (policy: string): readonly unknown[] =>
  Result.fromThrowable((text: string): unknown => JSON.parse(text))(policy)
    .map((read) => [fieldsIn(read)['Statement']].flat())
    .unwrapOr([]);
