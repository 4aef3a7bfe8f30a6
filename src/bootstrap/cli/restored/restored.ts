import { ok } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { EXIT, failureOf } from '../common/failure.ts';
import { checkAttribution, withAttribution, type Attribution } from '../common/options.ts';
import { timeOf } from '../common/text.ts';

export const body = defineCommand<Attribution>({
  examples: [
    'restored --by ada --reason "to 2026-01-31 09:00, INC-42"',
    'restored --by ada --reason "a drill" --embedded',
  ],
  options: (command) =>
    withAttribution(command, { by: 'who restored it', reason: 'of which backup and why' }),
  help: `\
For 30 days from now each new payment and refund is looked up at the gateway before it is sent the
first time: what was made before, and lost with the log, is found and not made again. Workers read
it when they start. Run twice, it is recorded twice, and the 30 days count from the last
time.
Exit code: 0 recorded, 1 not recorded, 2 wrong usage or configuration.`,
  run: async function* ({ open, output }, { by, reason }) {
    yield* checkAttribution({ by, reason });
    const { recordRestore } = yield* open({ services: ['recordRestore'] });
    const { at } = yield* recordRestore({ by, reason }).mapErr(failureOf);
    output.data({ by, reason, at }, () => `restored: recorded at ${timeOf(at)}`);
    output.note(
      [
        '',
        'What follows, in this order (docs/operations.md, “Restore the events”):',
        '1. Numbers that customers hold and the log has lost: `paidonce series floor`, so ' +
          'that none is given twice.',
        '2. Rows of what the log has lost: `paidonce replay invoices --into TABLE --switch`, ' +
          'since rows in use are only replaced by newer ones.',
        '3. Start the workers: they look a new order up before they charge it.',
        '4. Have the shop send again what it sent since the backup.',
        '5. `paidonce reconcile`, then `paidonce audit --gateway`: each finding says what ' +
          'is to be done.',
      ].join('\n'),
    );
    return ok(EXIT.OK);
  },
});
