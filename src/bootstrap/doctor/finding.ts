import type { DependencyError } from '../../application/ports/failures.ts';
import type { QueueError } from '../../application/ports/messageQueue.ts';

/** One thing that was looked at. A `note` is worth knowing and no fault. */
export type DoctorFinding =
  | { readonly status: 'ok' | 'note'; readonly subject: string; readonly what: string }
  | {
      readonly status: 'problem';
      readonly subject: string;
      readonly what: string;
      readonly remedy: string;
    };

export const fine = (subject: string, what: string): DoctorFinding => ({
  status: 'ok',
  subject,
  what,
});
export const note = (subject: string, what: string): DoctorFinding => ({
  status: 'note',
  subject,
  what,
});
export const problem = (subject: string, what: string, remedy: string): DoctorFinding => ({
  status: 'problem',
  subject,
  what,
  remedy,
});

/**
 * Remedies by the names that the SDKs and services have for an error; the first that matches
 * counts.
 */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /Credentials|could not load credentials|TokenProvider/i,
    'Give the SDK credentials: a role, a profile (AWS_PROFILE), or AWS_ACCESS_KEY_ID ' +
      'with AWS_SECRET_ACCESS_KEY.',
  ],
  [
    new RegExp(
      'UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch' +
        '|ExpiredToken|InvalidSignature',
    ),
    'The credentials are wrong or have expired: renew them, and look which AWS account ' +
      'they are of.',
  ],
  [
    /AccessDenied|NotAuthorized|AccessDeniedException/,
    'Allow it in the role: `paidonce policies` prints what each may do (docs/aws.md).',
  ],
  [
    /QueueDoesNotExist|NonExistentQueue|ResourceNotFound/,
    'Run `paidonce setup`, and look whether the setting, the region and the account are ' +
      'the right ones.',
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|TimeoutError|ETIMEDOUT|StripeConnectionError/,
    'Look whether the address in the settings (AWS_ENDPOINT_URL…, STRIPE_API_URL) is ' +
      'right and answers, and whether a firewall is between.',
  ],
  [
    /StripeAuthenticationError/,
    'STRIPE_SECRET_KEY is not accepted: take a new one from dashboard.stripe.com/apikeys.',
  ],
  [
    /StripePermissionError/,
    'The restricted key may not do this: allow it to read the account, and to write ' +
      'PaymentIntents and refunds.',
  ],
];

const OTHERWISE = 'Try again; if it stays, the cause above is what the service itself says.';

export const unreachable = (
  subject: string,
  error: DependencyError | QueueError,
): DoctorFinding => {
  const cause = error.type === 'Aborted' ? 'aborted' : error.cause;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(cause))?.[1] ?? OTHERWISE;
  return problem(subject, `cannot be used: ${cause}`, remedy);
};
