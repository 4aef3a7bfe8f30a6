import { err, ok } from 'neverthrow';
import type { Probe } from '../ports/failures.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import { createKnownDeployment, otherAccount, type DeploymentDependencies } from './deployment.ts';

/**
 * Whether the key in use is of the account on which money is moved. With another key every order
 * would be refused, however well the gateway answers. The probe binds nothing: where no account is
 * bound yet, the next order does that.
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
