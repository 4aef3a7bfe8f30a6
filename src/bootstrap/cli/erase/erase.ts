import { err, ok } from 'neverthrow';
import type { ErasurePreview } from '../../../application/erasure/erasePerson.ts';
import type { OpenOrders } from '../../../application/erasure/openOrders.ts';
import { isCustomerId, isOrderId } from '../../../domain/order/index.ts';
import { customerOwner, orderOwner, type Owner } from '../../../domain/personal/index.ts';
import { defineCommand } from '../common/command.ts';
import { checkAskable, confirm } from '../common/confirm.ts';
import { EXIT, failed, misused, type CliFailure } from '../common/failure.ts';
import {
  checkAttribution,
  withAttribution,
  withScanOptions,
  type Attribution,
  type ScanFlags,
} from '../common/options.ts';
import { tableOf } from '../common/table.ts';
import { timeOf } from '../common/text.ts';
import { eraseFailure } from './failure.ts';
import {
  findOpenOrders,
  hasOpenOrders,
  openOrdersFailure,
  openOrdersText,
  WHAT_INVOICES_SAY,
} from './openOrders.ts';
import { reapply } from './reapply.ts';

type EraseOptions = Attribution &
  ScanFlags & {
    readonly reapply?: boolean;
    readonly order?: boolean;
    readonly withOpenOrders?: boolean;
    readonly yes?: boolean;
    readonly dryRun?: boolean;
  };

export const body = defineCommand<EraseOptions>({
  examples: [
    'erase c-4711 --by ada --reason "request of 2026-11-29, ticket 815"',
    'erase c-4711 --by ada --reason "ticket 815" --dry-run',
    'erase 01JD3M8A5W1P3X9T6K2V7Q4R0S --order --by ada --reason "ticket 816" --yes --json',
    'erase --reapply --by ada --reason "keys restored to 2026-11-28, INC-42"',
  ],
  options: (command) =>
    withScanOptions(
      withAttribution(command.argument('[customer]', 'the customer’s id, as orders have it'), {
        by: 'who erases',
      }),
    )
      .option('--reapply', 'erase again whoever was erased and has a key: after a restore')
      .option('--order', 'the argument is the id of an order that was refused without a customer')
      .option('--with-open-orders', 'erase although orders are open: their invoices name no buyer')
      .option('-y, --yes', 'do not ask: needed without a terminal, and with --json')
      .option('-n, --dry-run', 'show what would be erased, and erase nothing'),
  help: `\
It deletes the keys by which the customer’s personal data is encrypted, and waits until no process
holds one any more. Amounts, numbers, hashes and audits stay as they are; orders go on, and their
mails are not sent. The buyer on invoices that the law wants to be kept can be read until
INVOICE_RETENTION_YEARS are over. Who erased, when and why is recorded first. Another order of the
customer begins with a new key.
Before anything is erased it reads the whole log for orders of the customer that have a buyer and
are to be invoiced yet, and refuses if there are any: their invoices would name “erased” for the
buyer, for ever. With --with-open-orders it erases nevertheless. An order that the customer places
meanwhile is encrypted with another key, and not erased.
With --reapply it reads the whole log, and ends what was ended by any erasure and is not so in the
table of keys, as after that was restored from a backup. It names each person on a line of its own.
What it does not reach is in docs/privacy.md, what was stored before there were keys above all.
Exit code: 0 erased, or erased before; 1 not confirmed, not recorded, no key is there, orders are
open and --with-open-orders is not given (as in a dry run), or, with --reapply, an erasure cannot be
read, a younger key has the name of an ended one, or a dry run has found a key to be ended; 2 wrong
usage or configuration, or nobody to ask.`,
  run: async function* (session, options, { args: [named = ''] }) {
    const { output } = session;
    const { by, reason } = options;
    yield* checkAttribution({ by, reason });
    if (options.reapply === true) {
      return named === '' && options.order !== true
        ? reapply(session, options)
        : err(misused('--reapply is for everyone who was erased, and takes no customer'));
    }
    const isId = options.order === true ? isOrderId : isCustomerId;
    if (!isId(named)) return err(misused('that is no such id; nothing was erased'));
    const owner = options.order === true ? orderOwner(named) : customerOwner(named);
    const services = yield* session.open({ services: ['erasePerson', 'findOpenOrders'] });
    const { erasePerson } = services;
    const preview = yield* erasePerson.preview(owner).mapErr(eraseFailure);
    if (preview.keys.length + preview.ending.length === 0 && preview.before.length === 0) {
      return err(unknownPerson(owner));
    }
    output.note(previewText(owner, preview));
    const { dryRun = false, withOpenOrders = false, segments, maxRcu } = options;
    const isDone = preview.keys.length === 0;
    const isToAsk = !dryRun && !isDone && options.yes !== true;
    if (isToAsk) yield* checkAskable(session, question(owner));
    const open =
      isDone || options.order === true
        ? NO_OPEN_ORDERS
        : yield* await findOpenOrders(session, services, {
            owner,
            preview,
            dryRun,
            segments,
            ...(maxRcu !== undefined && { maxRcu }),
          });
    const isRefused = hasOpenOrders(open) && !withOpenOrders;
    if (hasOpenOrders(open)) output.note(`${openOrdersText(open)}\n${WHAT_INVOICES_SAY}`);
    if (isToAsk && !isRefused) yield* await confirm(session, question(owner));
    const erased =
      dryRun || isRefused
        ? preview
        : yield* erasePerson
            .erase(owner, { by, reason, preview }, session.untilStopped())
            .mapErr(eraseFailure);
    output.data(
      {
        owner,
        keys: erased.keys,
        ending: erased.ending,
        erasures: erased.before.length + (isDone || dryRun || isRefused ? 0 : 1),
        openOrders: open.orders,
        ...(isRefused && { refused: true }),
        ...(dryRun && { dryRun: true }),
      },
      () => (dryRun || isRefused ? 'Nothing was erased.' : outcomeText(erased)),
    );
    return isRefused ? err(openOrdersFailure(open)) : ok(EXIT.OK);
  },
});

const NO_OPEN_ORDERS: OpenOrders = { orders: [], count: 0, commits: 0, unreadable: 0 };

const question = (owner: Owner) => ({
  question: `Erase ${owner}? What these keys encrypt can never be read again.`,
  otherwise: 'nothing was erased',
});

const previewText = (owner: Owner, { keys, ending, before }: ErasurePreview): string =>
  [
    `keys of ${owner}:`,
    tableOf(
      ['key', 'ends'],
      [...keys, ...ending].map(({ name, endsAt }) => [name, timeOf(endsAt)]),
      { columns: 100 },
    ),
    ...before.map(({ at }) => `erased before, at ${timeOf(at)}`),
  ].join('\n');

const outcomeText = ({ keys, ending }: ErasurePreview): string => {
  if (keys.length === 0) return 'erased before; nothing was left to erase';
  const later = [...keys, ...ending].filter(({ name }) => name.startsWith('invoice'));
  return [
    'erased',
    ...(later.length > 0 ? ['The buyer on invoices can be read until the times above.'] : []),
    'What is not reached by this is in docs/privacy.md.',
  ].join('\n');
};

const unknownPerson = (owner: Owner): CliFailure =>
  failed('UnknownPerson', `there is no key of ${owner}, and nothing was erased`, [
    'Nothing personal of that id is encrypted. Is it spelled as orders spell it?',
    '`paidonce order ADDRESS` finds orders that were stored before there were keys.',
  ]);
