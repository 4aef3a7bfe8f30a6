import { Result } from 'neverthrow';
import { z } from 'zod';
import type { QueueAttributes } from './queueSettings.ts';

/** How a queue is protected, beside what it is set to. */
export type QueueProtection = {
  /** `none` where nothing is said of who may do what. */
  readonly policy: 'none' | 'tlsOnly' | 'other';
  /** Whether it says which queues may send their dead letters here. */
  readonly limitsRedrive: boolean;
  /** What encrypts its messages: a KMS key as it was named, or SQS's own. */
  readonly key: 'none' | 'own' | { readonly kms: string };
};

/** Undefined where a server says nothing of encryption, as emulators that know no policies. */
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

/** Nobody may do anything with the queue by a request that could be read on its way. */
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

const LIST = z
  .union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()]))])
  .transform((one) => [one].flat().map((each) => String(each).toLowerCase()));

/** One that denies everybody everything without TLS; the letter case is IAM's. */
const denialOf = (queueArn: string) =>
  z.object({
    Effect: z.literal('Deny'),
    Principal: z.union([
      z.literal('*'),
      z.object({ AWS: LIST.refine((all) => all.includes('*')) }),
    ]),
    Action: LIST.refine((all) => all.includes('sqs:*') || all.includes('*')),
    Resource: LIST.refine((all) => all.includes(queueArn.toLowerCase()) || all.includes('*')),
    Condition: z.strictObject({
      Bool: z
        .record(z.string().toLowerCase(), LIST)
        .refine((keys) => Object.keys(keys).length === 1)
        .refine((keys) => String(keys['aws:securetransport']) === 'false'),
    }),
  });

const isTlsOnly = (policy: string, queueArn: string): boolean => {
  const denial = denialOf(queueArn);
  return statementsIn(policy).some((statement) => denial.safeParse(statement).success);
};

const POLICY = z.object({
  Statement: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]),
});

/** Of a text that is no policy, none: it denies nothing. */
const statementsIn = (policy: string): readonly unknown[] =>
  Result.fromThrowable((text: string): unknown => JSON.parse(text))(policy)
    .map((read) => POLICY.safeParse(read).data?.Statement ?? [])
    .unwrapOr([]);
