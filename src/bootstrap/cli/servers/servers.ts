import { once } from 'node:events';
import { err, ok } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { EXIT, misused } from '../common/failure.ts';

export const body = defineCommand({
  begins: true,
  examples: ['servers --embedded', 'servers --embedded --json'],
  // They are always embedded; the option is there so that every command understands it.
  options: (command) => command.setOptionValue('embedded', true),
  run: async ({ embedded, output, untilStopped }) => {
    if (embedded === undefined) return err(misused('servers are embedded, or they are not ours'));
    const { addresses, startedHere, dataDir } = embedded;
    output.data({ dataDir, startedHere, inbox: addresses.ses, addresses }, () =>
      [
        ...Object.entries(addresses).map(([name, address]) => `${name.padEnd(10)}${address}`),
        `${'inbox'.padEnd(10)}${addresses.ses}/ (open it in a browser)`,
        `${'data'.padEnd(10)}${dataDir}`,
      ].join('\n'),
    );
    if (!startedHere) return ok(EXIT.OK);
    const stop = untilStopped();
    output.note('They run until this command is stopped (Ctrl-C). What is in them stays.');
    if (!stop.aborted) await once(stop, 'abort');
    return ok(EXIT.OK);
  },
});
