import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { ResultAsync } from 'neverthrow';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { Mail, Notifier } from '../../application/ports/notifier.ts';
import { checkMail, DEDUPE_HEADER } from '../mail.ts';
import { notifierErrorOf } from './errors.ts';

export type SesNotifierConfig = {
  /** A verified identity, or an address of a verified domain. */
  readonly from: string;
  readonly configurationSet?: string;
};

export const createSesNotifier = (client: SESv2Client, config: SesNotifierConfig): Notifier => {
  const send = ResultAsync.fromThrowable(
    (mail: Mail) => client.send(new SendEmailCommand(requestFor(mail, config))),
    notifierErrorOf,
  );
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
    },
  },
  ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
});

const utf8 = (text: string) => ({ Data: text, Charset: 'UTF-8' });
