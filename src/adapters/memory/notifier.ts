import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import type { Mail, Notifier, NotifierError } from '../../application/ports/notifier.ts';
import { checkMail } from '../mail.ts';

export type MemoryNotifier = Notifier & {
  /** Every mail that was accepted, in order; two copies of one notice are two mails. */
  sent(): readonly Mail[];
  /** From now on, mail to a matching address has this result. The latest rule takes precedence. */
  failFor(address: RegExp, error: NotifierError): void;
  /** Every address works again. */
  repair(): void;
};

export const createMemoryNotifier = (): MemoryNotifier => {
  const taken: Mail[] = [];
  const rules: { readonly address: RegExp; readonly error: NotifierError }[] = [];

  return {
    send: (given) =>
      checkMail(given).asyncAndThen((mail): ResultAsync<{ messageId: string }, NotifierError> => {
        const rule = rules.findLast(({ address }) => address.test(mail.to));
        if (rule !== undefined) return errAsync(rule.error);
        taken.push(mail);
        return okAsync({ messageId: `memory-${taken.length}` });
      }),
    sent: () => [...taken],
    failFor: (address, error) => {
      rules.push({ address, error });
    },
    repair: () => {
      rules.length = 0;
    },
  };
};
