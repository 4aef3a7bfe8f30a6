import { err, ok } from 'neverthrow';
import type { Probe } from '../ports/probe.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import { createKnownDeployment, otherAccount, type DeploymentDependencies } from './deployment.ts';

/**
 * Whether the key in use is of the account that money is moved on. Of another every order would be refused alike,
 * however well the gateway answers. It binds nothing: where no account is bound yet, the next order does that.
 */
export const probeOfAccount = ({
  gateway,
  ...log
}: DeploymentDependencies & { readonly gateway: Pick<PaymentGateway, 'identify'> }): Probe => {
  const known = createKnownDeployment(log);
  return () =>
    gateway
      .identify()
      .andThen((account) =>
        known().andThen(({ account: bound }) =>
          bound === '' || bound === account ? ok() : err(otherAccount(account, bound)),
        ),
      );
};
