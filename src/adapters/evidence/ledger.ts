import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { err, ok, type Result } from 'neverthrow';
import type { GatewayLedger, LedgerEntry } from '../../application/ports/gatewayLedger.ts';
import { object, oneOf, string, whole, type Decoder } from '../../domain/decode.ts';
import { unavailable } from '../failures.ts';
import { fileError } from './format.ts';
import { parseJson } from '../../application/ports/json.ts';

const PAGE_ENTRIES = 100;

const optional =
  <T>(decoder: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    value === undefined ? ok(undefined) : decoder(value, path);

const common = {
  reference: string,
  status: oneOf('moved', 'declined', 'failed', 'open'),
  amountMinor: whole,
  currency: string,
  at: whole,
  orderId: optional(string),
  // Exports of releases before 0.2 have none.
  deployment: optional(string),
};
const DECODERS: Readonly<Record<string, Decoder<unknown>>> = {
  payment: object({ kind: oneOf('payment'), ...common, attempt: optional(whole) }),
  refund: object({
    kind: oneOf('refund'),
    ...common,
    refundId: optional(string),
    paymentReference: optional(string),
  }),
  // Exports of releases before 0.2 have none.
  dispute: object({
    kind: oneOf('dispute'),
    reference: string,
    stage: oneOf('inquiry', 'chargeback', 'appeal'),
    status: oneOf('open', 'won', 'lost', 'warning closed', 'prevented'),
    amountMinor: whole,
    withdrawnMinor: whole,
    reinstatedMinor: whole,
    currency: string,
    at: whole,
    paymentReference: optional(string),
  }),
  unreadable: object({ kind: oneOf('unreadable'), reference: string, why: string }),
};

/** One line of the gateway's list. */
export const readEntry = (text: string): Result<LedgerEntry, string> =>
  parseJson(text)
    .andThen((value) => {
      const { kind } = Object(value) as { kind?: unknown };
      const decoder = DECODERS[String(kind)];
      return decoder === undefined
        ? err('is no entry of a gateway’s list')
        : decoder(value, 'it').mapErr(({ path, why }) => `${path} ${why}`);
    })
    // Fields that an entry does not have are absent and not undefined.
    .map((entry) => JSON.parse(JSON.stringify(entry)) as LedgerEntry);

/** The gateway's list in an export, as it was read. */
export const createBundledLedger = (path: string): GatewayLedger => ({
  async *list({ since = 0, signal } = {}) {
    let page: LedgerEntry[] = [];
    const input = createReadStream(path);
    try {
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        if (signal?.aborted === true) return;
        const entry = readEntry(line);
        if (entry.isErr()) continue;
        if (entry.value.kind === 'unreadable' || entry.value.at >= since) page.push(entry.value);
        if (page.length < PAGE_ENTRIES) continue;
        yield ok(page);
        page = [];
      }
    } catch (error) {
      yield err(unavailable('PaymentGateway', fileError('gateway.jsonl')(error).why));
      return;
    }
    if (page.length > 0) yield ok(page);
  },
});
