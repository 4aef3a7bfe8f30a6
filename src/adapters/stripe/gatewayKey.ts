import { err, errAsync, ok, okAsync, type ResultAsync } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import type { LiveSecret } from '../../application/ports/liveSecret.ts';
import { unavailable } from '../failures.ts';
import { gatewayMode } from './rules.ts';

/** Whether another key may take the place of the one in use; the error says why not. */
export type AcceptKey = (next: string, current: string) => ResultAsync<void, string>;

/** Makes the secret that holds the key, and asks before another key is used. */
export type OpenKey = (accept: AcceptKey) => LiveSecret<string>;

export type AccountOf = (secretKey: string) => ResultAsync<string, DependencyError>;

/** The key in use. */
export type GatewayKey = Pick<LiveSecret<string>, 'current' | 'refresh'> & {
  /** The account of the key in use. From then on no key of another account is used. */
  identify(): ResultAsync<string, DependencyError>;
};

/**
 * A process moves money on one account, as idempotency keys are of an account: a request that is
 * sent again with a key of another one would charge again. So a key that comes while the process
 * runs is only used once the gateway has said that it is of the same account and mode (ADR 0057).
 */
export const createGatewayKey = (open: OpenKey, accountOf: AccountOf): GatewayKey => {
  /** The account of this process: that of the first key that was identified or accepted. */
  let account: string | undefined;

  /** Where the key in use is accepted no more, nobody learns its account. */
  const learn = (current: string): ResultAsync<unknown, never> =>
    account === undefined
      ? accountOf(current)
          .map((own) => (account ??= own))
          .orElse(() => okAsync())
      : okAsync();

  const accept: AcceptKey = (next, current) => {
    const modes = [gatewayMode(next), gatewayMode(current)] as const;
    if (modes[0] !== modes[1])
      return errAsync(`it is a ${modes[0]} key, and not a ${modes[1]} key`);
    return learn(current)
      .andThen(() => accountOf(next).mapErr(({ cause }) => `its account is not known: ${cause}`))
      .andThen((own) => {
        account ??= own;
        return own === account ? ok() : err(`it is of ${own}, and this process is of ${account}`);
      });
  };

  const key = open(accept);
  return {
    current: () => key.current(),
    refresh: () => key.refresh(),
    identify: () =>
      accountOf(key.current()).andThen((own) => {
        account ??= own;
        // An answer about the key before, whose account nobody knew when another was accepted.
        return own === account
          ? ok(own)
          : err(unavailable('PaymentGateway', 'the key was changed'));
      }),
  };
};
