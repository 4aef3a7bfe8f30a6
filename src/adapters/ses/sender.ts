import type { Attachment, SESv2Client } from '@aws-sdk/client-sesv2';
import { err, ok, ResultAsync, safeTry, type Result } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import { readAwsError, isClientFault, isNotConnected, isWithoutAccess } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';
import type { Mail, MailFile, Notifier, NotifierError } from '../../application/ports/notifier.ts';
import { checkMail, DEDUPE_HEADER, fileNameOf } from '../mail.ts';
import { redactText } from '../telemetry/redact.ts';

/** Problems that keep mail from being sent; `NotSupported` where an emulator does not know. */
export type SenderProblem = 'SendingDisabled' | 'Sandbox' | 'NotVerified' | 'NotSupported';

/** Opened where mail is sent: another process needs no SDK. */
export type OpenSes = () => Promise<SESv2Client>;

/** The problems of the account and of the sender's identity: the address, or its domain. */
export const inspectSender = (
  openSes: OpenSes,
  from: string,
): ResultAsync<readonly SenderProblem[], DependencyError> =>
  safeTry(async function* () {
    const account = yield* orMissing(() => accountOf(openSes));
    if (account === undefined) return ok(['NotSupported'] as const);
    const domain = from.slice(from.lastIndexOf('@') + 1);
    const verified: boolean[] = [];
    for (const EmailIdentity of [from, domain]) {
      const identity = yield* orMissing(async () => {
        const { GetEmailIdentityCommand } = await import('@aws-sdk/client-sesv2');
        const client = await openSes();
        return client.send(new GetEmailIdentityCommand({ EmailIdentity }));
      });
      verified.push(identity?.VerifiedForSendingStatus === true);
    }
    return ok([
      ...(account.SendingEnabled === false ? (['SendingDisabled'] as const) : []),
      ...(account.ProductionAccessEnabled === false ? (['Sandbox'] as const) : []),
      ...(verified.includes(true) ? [] : (['NotVerified'] as const)),
    ]);
  });

const accountOf = async (openSes: OpenSes) => {
  const { GetAccountCommand } = await import('@aws-sdk/client-sesv2');
  const client = await openSes();
  return client.send(new GetAccountCommand({}));
};

/** Whether the account may send at all. An emulator that does not know may. */
export const probeSender = (openSes: OpenSes): ResultAsync<void, DependencyError> =>
  orMissing(() => accountOf(openSes)).andThen((account) =>
    account?.SendingEnabled === false
      ? err(misconfigured('Notifier', 'sending is paused for the account'))
      : ok(),
  );

/** Undefined if SES, or this endpoint, does not know it. */
const orMissing = <T>(send: () => Promise<T>): ResultAsync<T | undefined, DependencyError> =>
  ResultAsync.fromThrowable(send)().orElse((error): Result<undefined, DependencyError> => {
    if (isUnknown(error)) return ok(undefined);
    const failure = notifierErrorOf(error);
    return err(
      failure.type === 'Undeliverable' ? misconfigured('Notifier', failure.reason) : failure,
    );
  });

/** SES answers 404; an emulator without the operation may also refuse it without a name. */
const isUnknown = (error: unknown): boolean => {
  const { name, status } = readAwsError(error);
  return status === 404 || (status === 400 && name === 'Unknown');
};

type SesNotifierConfig = {
  /** A verified identity, or an address of a verified domain. */
  readonly from: string;
  readonly configurationSet?: string;
};

export const createSesNotifier = (openSes: OpenSes, config: SesNotifierConfig): Notifier => {
  const send = ResultAsync.fromThrowable(async (mail: Mail) => {
    const { SendEmailCommand } = await import('@aws-sdk/client-sesv2');
    const client = await openSes();
    return client.send(new SendEmailCommand(requestFor(mail, config)));
  }, notifierErrorOf);
  // Loaded while a service starts, so that nothing comes between the check of a claim and its mail.
  openSes().catch(() => undefined);
  return {
    send: (mail) =>
      checkMail(mail)
        .asyncAndThen(send)
        .map(({ MessageId = '' }) => ({ messageId: MessageId })),
  };
};

const requestFor = (mail: Mail, { from, configurationSet }: SesNotifierConfig) => ({
  FromEmailAddress: from,
  Destination: { ToAddresses: [mail.to] },
  Content: {
    Simple: {
      Subject: utf8(mail.subject),
      Body: { Text: utf8(mail.text), Html: utf8(mail.html) },
      Headers: [{ Name: DEDUPE_HEADER, Value: mail.dedupeKey }],
      ...(mail.files === undefined ? {} : { Attachments: mail.files.map(attachmentOf) }),
    },
  },
  ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
});

/** Without an encoding SES takes the bytes for ASCII, and damages what is not. */
const attachmentOf = (file: MailFile): Attachment => ({
  FileName: fileNameOf(file),
  ContentType: file.mediaType,
  ContentDisposition: 'ATTACHMENT',
  ContentTransferEncoding: 'BASE64',
  RawContent: file.bytes,
});

const utf8 = (text: string) => ({ Data: text, Charset: 'UTF-8' });

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

/**
 * The quota is used up until tomorrow, or until a person has it raised; a limit on the rate passes.
 */
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
  // The mail was refused by an answer that is no failure of the service's own, or no connection was
  // made.
  const isRefused = throttled || isNotConnected(error) || isClientFault(error);
  return isRefused ? { ...failure, notTaken: true } : failure;
};
