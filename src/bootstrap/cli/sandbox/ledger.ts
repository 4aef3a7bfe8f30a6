import { ok } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { EXIT } from '../common/failure.ts';
import { tableOf } from '../common/table.ts';
import { amountText, moneyOf } from './money.ts';
import { openSandbox, type SandboxLedger } from './sandboxApi.ts';

export const ledgerCommand = defineCommand({
  examples: ['sandbox ledger --embedded', 'sandbox ledger --embedded --json | jq .refunds'],
  run: async function* (session) {
    const sandbox = yield* openSandbox(session);
    const ledger = yield* sandbox.ledger();
    session.output.data(ledgerJson(ledger), (columns) => ledgerText(ledger, columns));
    return ok(EXIT.OK);
  },
});

const ledgerText = ({ charges, refunds, disputes }: SandboxLedger, columns: number): string =>
  tableOf(
    ['time (UTC)', 'what', 'order', 'amount', 'status', 'payment', 'key'],
    [
      ...charges.map((charge) => ({ what: 'charge', why: charge.decline_code, ...charge })),
      ...refunds.map((refund) => ({ what: 'refund', why: refund.failure_reason, ...refund })),
      ...disputes.map((dispute) => ({
        what: 'dispute',
        why: dispute.reason,
        idempotency_key: null,
        ...dispute,
      })),
    ]
      .toSorted((one, other) => one.created_at.localeCompare(other.created_at))
      .map((entry) => [
        entry.created_at.replace('T', ' ').replace('Z', ''),
        entry.what,
        entry.order_id ?? '',
        amountText(entry),
        entry.why === null ? entry.status : `${entry.status} (${entry.why})`,
        entry.payment_intent,
        entry.idempotency_key ?? '',
      ]),
    { right: [3], columns, optional: ['key'] },
  );

const ledgerJson = ({ charges, refunds, disputes }: SandboxLedger) => ({
  charges: charges.map((charge) => moneyIn(charge, HOLDING)),
  refunds: refunds.map((refund) => moneyIn(refund, [])),
  disputes: disputes.map((dispute) => moneyIn(dispute, ['withdrawn', 'reinstated'])),
});

const HOLDING = ['captured', 'refunded', 'withdrawn', 'reinstated', 'held'] as const;

/** The amount, and the others that are named, as the JSON of all commands has them. */
const moneyIn = <Name extends string>(
  entry: Readonly<Record<Name | 'amount', number>> & { readonly currency: string },
  names: readonly Name[],
) => ({
  ...entry,
  ...Object.fromEntries(
    [...names, 'amount' as const].map((name) => [
      name,
      moneyOf({ amount: entry[name], currency: entry.currency }),
    ]),
  ),
});
