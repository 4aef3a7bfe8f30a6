import type { NotifierError } from '../../application/ports/notifier.ts';
import { isClientFault, isNotConnected, isWithoutAccess, readAwsError } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { redactText } from '../telemetry/redact.ts';

/** The mail itself is refused; the same mail would be refused again. */
const ABOUT_THE_MAIL = new Set(['MessageRejected', 'BadRequestException']);

/** Only a person can fix what SES names, beside the credentials: the account, the identity. */
const NEEDS_A_PERSON = new Set([
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
]);

/**
 * Either the account is in the sandbox, where sender and recipients must be verified, or the sender
 * is not verified: outside the sandbox SES never says this of a recipient. In both cases the next
 * mail would fail in the same way.
 */
const NOT_VERIFIED = /not verified/iu;

/** SES reports these problems of the account in words, as an error about the mail. */
const ABOUT_THE_ACCOUNT = new RegExp(
  '\\b(send|sending|account)\\b[^.]{0,60}' +
    '\\b(paused|disabled|suspended|blocked|terminated|shut down|under review)\\b',
  'iu',
);

/** Used up until tomorrow, or until a person has it raised; a limit on the rate passes. */
const DAILY_QUOTA = /daily (message|sending) quota/iu;

/** Any mail not known to be refused may have been accepted: time-outs, 5xx, lost answers. */
export const notifierErrorOf = (thrown: unknown): NotifierError => {
  const error = readAwsError(thrown);
  const { name, cause, throttled } = error;
  const isOfAll =
    DAILY_QUOTA.test(cause) ||
    (ABOUT_THE_MAIL.has(name) && (NOT_VERIFIED.test(cause) || ABOUT_THE_ACCOUNT.test(cause)));
  if (NEEDS_A_PERSON.has(name) || isWithoutAccess(error) || isOfAll) {
    return misconfigured('Notifier', redactText(cause));
  }
  // SES quotes addresses in its reasons, and reasons are stored.
  if (ABOUT_THE_MAIL.has(name)) return { type: 'Undeliverable', reason: redactText(cause) };
  const failure = unavailable('Notifier', cause, throttled);
  // Refused by an answer that is no failure of the service's own, or without any connection.
  const isRefused = throttled || isNotConnected(error) || isClientFault(error);
  return isRefused ? { ...failure, notTaken: true } : failure;
};
