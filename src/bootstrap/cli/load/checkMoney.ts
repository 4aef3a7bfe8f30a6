import { err, errAsync, ok, okAsync, type ResultAsync } from 'neverthrow';
import { gatewayMode } from '../../../adapters/stripe/rules.ts';
import type { Session } from '../common/command.ts';
import { misused, type CliFailure } from '../common/failure.ts';

/**
 * By the account on which the deployment's workers move money, as the log has it; before the first
 * order it has none, and the key in the settings says it.
 */
export const checkMoney = (
  account: string,
  session: Pick<Session, 'isGiven' | 'config'>,
  realMoney: boolean,
): ResultAsync<void, CliFailure> => {
  if (realMoney) return okAsync();
  if (account !== '') {
    return account.endsWith(':live') ? errAsync(realMoneyOn(account)) : okAsync();
  }
  if (!session.isGiven('STRIPE_SECRET_KEY')) {
    return errAsync(
      misused('no order was ever charged here, so that the gateway’s account is not known', [
        'Set STRIPE_SECRET_KEY to the key of the workers, which is not used, or submit one order.',
      ]),
    );
  }
  return session
    .config(['STRIPE_SECRET_KEY'])
    .andThen(({ STRIPE_SECRET_KEY: key }) =>
      gatewayMode(key) === 'live' ? err(realMoneyOn('the account of the live key')) : ok(),
    );
};

const realMoneyOn = (account: string): CliFailure =>
  misused(`the workers move real money, on ${account}`, [
    'A live account refuses the test cards of generated orders: each would end unpaid, stay in ' +
      'the log for ever, and have its customer notified. With --real-money they are still sent.',
  ]);
