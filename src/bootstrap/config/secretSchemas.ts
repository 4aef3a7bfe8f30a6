import * as z from 'zod';
import { readSecretArn } from '../../adapters/secrets/secretArn.ts';

/** Settings that nobody may see; each may be given by an ARN instead, under this name and _ARN. */
export const SECRET_NAMES = [
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRETS',
  'INTENT_SEAL_KEYS',
  'PERSONAL_DATA_KEY',
] as const;

export type SecretName = (typeof SECRET_NAMES)[number];

export const arnSettingOf = <N extends SecretName>(name: N): `${N}_ARN` => `${name}_ARN`;

const secretArn = (name: SecretName) =>
  z
    .string()
    .refine(
      (text) => readSecretArn(text) !== undefined,
      'is not the ARN of a secret of Secrets Manager or of a parameter of Systems Manager',
    )
    .optional()
    .describe(
      'Set it to arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or ' +
        'arn:aws:ssm:REGION:ACCOUNT:parameter/NAME, or take it away.',
    )
    .meta({ title: `where ${name} is kept, in place of the setting itself` });

export const secretSchemas = {
  STRIPE_SECRET_KEY_ARN: secretArn('STRIPE_SECRET_KEY'),
  STRIPE_WEBHOOK_SECRETS_ARN: secretArn('STRIPE_WEBHOOK_SECRETS'),
  INTENT_SEAL_KEYS_ARN: secretArn('INTENT_SEAL_KEYS'),
  PERSONAL_DATA_KEY_ARN: secretArn('PERSONAL_DATA_KEY'),
} satisfies Readonly<Record<`${SecretName}_ARN`, z.ZodType>>;
