import { err, ok } from 'neverthrow';
import { defineCommand, defineGroup } from '../common/command.ts';
import { EXIT, allocationFailure } from '../common/failure.ts';
import { LIMITS, attributionFailure, type Attribution } from '../common/options.ts';

const bind = defineCommand<Attribution>({
  name: 'bind',
  summary: 'move money on the account of the key in use from now on, and on no other',
  examples: [
    'gateway-account bind --by ada --reason "the shop has a company of its own"',
    'gateway-account bind --by ada --reason "a drill" --embedded',
  ],
  options: (command) =>
    command
      .requiredOption('--by <who>', `who decides it, ${LIMITS.by}`)
      .requiredOption('--reason <text>', `why, ${LIMITS.reason}`),
  help: `The first worker binds the account of its key by itself. Payments and refunds that are open on the
account before are neither sent nor given up until that is bound again: have them settled first.
Restart the workers after it.
Exit code: 0 bound, or bound before, 1 not recorded, 2 wrong usage or configuration.`,
  run: async ({ open, output }, { by, reason }) => {
    const unfit = attributionFailure({ by, reason });
    if (unfit !== undefined) return err(unfit);
    const opened = open({ services: ['bindAccount'] });
    if (opened.isErr()) return err(opened.error);
    const bound = await opened.value.bindAccount({ by, reason });
    if (bound.isErr()) return err(allocationFailure(bound.error));
    const { account, before = '', isNew } = bound.value;
    output.data({ account, before, isNew, by, reason }, () =>
      isNew ? `money is moved on ${account} from now on` : `${account} is bound already`,
    );
    if (isNew)
      output.note('Workers that run go on with the account before until they are restarted.');
    return ok(EXIT.OK);
  },
});

export const registerGatewayAccount = defineGroup(
  'gateway-account',
  'the gateway’s account that this deployment moves money on: bind',
  [bind],
);
