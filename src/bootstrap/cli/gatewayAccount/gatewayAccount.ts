import { ok } from 'neverthrow';
import { defineCommand, defineGroup } from '../common/command.ts';
import { EXIT, failureOf } from '../common/failure.ts';
import { checkAttribution, withAttribution, type Attribution } from '../common/options.ts';

const bindCommand = defineCommand<Attribution>({
  examples: [
    'gateway-account bind --by ada --reason "the shop has a company of its own"',
    'gateway-account bind --by ada --reason "a drill" --embedded',
  ],
  options: (command) => withAttribution(command, { by: 'who decides it' }),
  help: `\
The first worker binds the account of its key by itself. Payments and refunds that are open on the
account before are neither sent nor given up until that is bound again: have them settled first.
Restart the workers after it.
Exit code: 0 bound, or bound before, 1 not recorded, 2 wrong usage or configuration.`,
  run: async function* ({ open, output }, { by, reason }) {
    yield* checkAttribution({ by, reason });
    const { bindAccount } = yield* open({ services: ['bindAccount'] });
    const bound = bindAccount({ by, reason }).mapErr(failureOf);
    const { account, before = '', isNew } = yield* bound;
    output.data({ account, before, isNew, by, reason }, () =>
      isNew ? `money is moved on ${account} from now on` : `${account} is bound already`,
    );
    if (isNew)
      output.note('Workers that run go on with the account before until they are restarted.');
    return ok(EXIT.OK);
  },
});

export const body = defineGroup([
  {
    name: 'bind',
    summary: 'move money on the account of the key in use from now on, and on no other',
    body: bindCommand,
  },
]);
