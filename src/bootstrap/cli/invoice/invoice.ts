import { err, ok, okAsync, type Result, type ResultAsync } from 'neverthrow';
import type { LogPrefix } from '../../../application/log/asOf.ts';
import type { EventStore } from '../../../application/ports/eventStore.ts';
import type {
  CorruptRow,
  InvoiceRow,
  InvoiceView,
} from '../../../application/ports/invoiceView.ts';
import * as Invoice from '../../../domain/invoice/index.ts';
import { formatAmount, type OrderTotals, type TaxedLine } from '../../../domain/money/index.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed, failureOf, misused, type CliFailure } from '../common/failure.ts';
import { AT_HELP, checkPast, asOfJson, asOfText, withAt, type At } from '../common/at.ts';
import { findOrder } from '../common/findOrder.ts';
import { type FindOptions } from '../common/orderArgument.ts';
import { timeOf } from '../common/text.ts';
import { invoiceValue } from '../common/documentJson.ts';
import { loadHistoryAt } from '../common/history.ts';
import { mayReveal } from '../common/people.ts';
import { tableOf } from '../common/table.ts';
import { documentFor, withErasure } from './documentFor.ts';
import { FILE_SETTINGS, FILES_HELP, type FileWishes } from './files.ts';

type InvoiceOptions = FindOptions &
  FileWishes & {
    readonly at?: At;
    readonly refund?: string;
  };

export const body = defineCommand<InvoiceOptions>({
  examples: [
    'invoice 01JD3M8A5W1P3X9T6K2V7Q4R0S',
    'invoice INV-2026-000123 --at 2026-06-30',
    'invoice 01JD… --json | jq .total.minor',
    'invoice INV-2026-000123 --pdf invoice.pdf --xml factur-x.xml',
    'invoice CN-2026-000007 --pdf credit-note.pdf --html credit-note.html',
  ],
  options: (command) =>
    withAt(command)
      .option('--html <file>', 'write it as a page for print and for browsers')
      .option('--pdf <file>', 'write it as PDF/A-3, with its XML inside')
      .option('--xml <file>', 'write it as Factur-X (ZUGFeRD) XML, profile EN 16931')
      .option('--ubl <file>', 'write it as UBL for Peppol BIS Billing 3.0')
      .option('--refund <id>', 'write the credit note of this refund and not the invoice'),
  help: `${FILES_HELP}\n\n${AT_HELP}`,
  run: async function* (session, { at, scan, refund, ...wishes }, { args: [named = ''] }) {
    const { open, output } = session;
    const { html, pdf, xml, ubl } = wishes;
    const wantsFiles = [html, pdf, xml, ubl].some((file) => file !== undefined);
    if (refund !== undefined && !wantsFiles) {
      return err(
        misused('--refund says which file is written: give --html, --pdf, --xml or --ubl'),
      );
    }
    // The rows have no past, so that their table is not asked for.
    const { invoices, clock, config, ids, ...logs } = yield* open({
      services: ['store', 'clock', 'ids'],
      also: [at === undefined && 'invoices', mayReveal(session) && 'privateStore'],
      settings: wantsFiles ? FILE_SETTINGS : [],
    });
    const store = logs.privateStore ?? logs.store;
    yield* checkPast(clock.now(), at);
    const { orderId, by } = yield* findOrder(session, named, { scan });
    const past = at && foldInvoice(store, orderId, at);
    const found = past ?? (invoices && readRow(invoices, orderId));
    if (found === undefined) throw new Error('Broken invariant: the rows were not opened');
    const { invoice, asOf } = yield* found.andThen((read) => withBuyer(store, read));
    const about = { ...(at && asOf && { asOf: asOfJson(at, asOf) }), ...invoiceValue(invoice) };
    if (wantsFiles) {
      const refundId = refund ?? (by.type === 'Number' ? by.refundId : undefined);
      const document = yield* documentFor(invoice, refundId);
      // What makes files takes long to load.
      const { unmetText, writeFiles } = await import('./files.ts');
      const { files, unmet, unprintable } = yield* writeFiles(document, wishes, config).orElse(
        (failure) => withErasure(failure, invoice, { store, ids }),
      );
      for (const { file, unchanged } of files) {
        output.note(`${unchanged ? 'There already' : 'Written'}: ${file}`);
      }
      if (unmet.length > 0)
        output.note(`The PDF has no XML in it:\n${unmet.map(unmetText).join('\n')}`);
      if (unprintable.length > 0) {
        output.note(`No font has ${unprintable.join(', ')}: name one that does in INVOICE_FONTS`);
      }
      if (output.json) output.data({ ...about, files, unmet, unprintable }, () => '');
      return ok(EXIT.OK);
    }
    output.data(about, (columns) =>
      [...(at && asOf ? [asOfText(at, asOf), ''] : []), textOf(invoice, columns)].join('\n'),
    );
    return ok(EXIT.OK);
  },
});

type InvoiceAt = { readonly invoice: Invoice.InvoiceDocument; readonly asOf?: LogPrefix };

const readRow = (
  invoices: Pick<InvoiceView, 'get'>,
  orderId: string,
): ResultAsync<InvoiceAt, CliFailure> => {
  // DynamoDB refuses an empty key, and there is no such order.
  const row = orderId === '' ? okAsync(undefined) : invoices.get(orderId);
  return row
    .andThen((found) => (found === undefined ? ok(undefined) : documentOf(found)))
    .mapErr(failureOf)
    .andThen((invoice) =>
      invoice === undefined
        ? err(
            failed(
              'UnknownInvoice',
              `there is no invoice for the order ${JSON.stringify(orderId)}`,
              [
                '`paidonce order` shows whether it is paid; `paidonce replay invoices` ' +
                  'writes missing rows.',
              ],
            ),
          )
        : ok({ invoice }),
    );
};

/** A row names no buyer: the log does, as far as this process can read it. */
const withBuyer = (
  store: Pick<EventStore, 'load'>,
  read: InvoiceAt,
): ResultAsync<InvoiceAt, CliFailure> => {
  const { invoice, asOf } = read;
  if (invoice.buyer === undefined || asOf !== undefined) return okAsync(read);
  return loadHistoryAt(store, invoice.orderId, undefined).map(({ history: { state } }) => {
    const issued = state.invoice.status === 'issued' ? state.invoice.document.buyer : undefined;
    return { ...read, invoice: { ...invoice, ...(issued && { buyer: issued }) } };
  });
};

/** A read model has no past: what it showed then is made of the events again. */
const foldInvoice = (
  store: Pick<EventStore, 'load'>,
  orderId: string,
  at: At,
): ResultAsync<InvoiceAt, CliFailure> =>
  loadHistoryAt(store, orderId, at).andThen(({ history, shown: asOf }) => {
    const { invoice } = history.state;
    return invoice.status === 'issued'
      ? ok({ invoice: invoice.document, ...(asOf && { asOf }) })
      : err(
          failed('UnknownInvoice', `the order ${orderId} had no invoice at ${at.asked}`, [
            `\`paidonce order ${orderId} --at ${at.asked}\` shows how far it was.`,
          ]),
        );
  });

export const documentOf = ({
  orderId,
  document,
}: InvoiceRow): Result<Invoice.InvoiceDocument, CorruptRow> =>
  Invoice.readText(document).mapErr((why) => ({ type: 'CorruptRow', orderId, why }));

const textOf = (invoice: Invoice.InvoiceDocument, columns: number): string => {
  const money = (minor: number): string => formatAmount(minor, invoice.currency);
  const lines = tableOf(
    ['sku', 'description', 'quantity', 'unit price', 'net', 'tax rate', 'tax'],
    [
      ...invoice.lines.flatMap((line) => [
        [
          line.sku,
          line.description,
          [line.quantity, line.unit].join(' ').trim(),
          `${invoice.currency} ${line.unitPrice}`,
          money(line.netMinor),
          rateText(line),
          money(line.taxMinor),
        ],
        ...adjustmentRows(line, money),
      ]),
      ['', '', '', 'sum', money(invoice.netMinor), '', money(invoice.taxMinor)],
      ...totalRows(invoice, money),
    ],
    { right: [2, 3, 4, 5, 6], columns },
  );
  return [
    `invoice   ${invoice.label}`,
    `order     ${invoice.orderId}`,
    `customer  ${invoice.customerId}`,
    `issued    ${timeOf(invoice.issuedAt)}`,
    `payment   ${invoice.paymentReference}`,
    ...(invoice.priceMode === 'gross' ? ['prices    with tax'] : []),
    '',
    lines,
    ...invoice.creditNotes.flatMap((note) => ['', creditNoteText(note, { money, columns })]),
  ].join('\n');
};

/** The deductions and additions, in the terms of the prices. */
const adjustmentRows = (
  { allowances, charges }: Pick<TaxedLine, 'allowances' | 'charges'>,
  money: (minor: number) => string,
): readonly (readonly string[])[] => [
  ...allowances.map((one) => ['', `- ${one.reason}`, '', money(-one.amountMinor), '', '', '']),
  ...charges.map((one) => ['', `+ ${one.reason}`, '', money(one.amountMinor), '', '', '']),
];

/** The total, and what is paid of it if that is another amount. */
const totalRows = (
  { totalMinor, roundingMinor, prepaidMinor, payableMinor }: OrderTotals,
  money: (minor: number) => string,
): readonly (readonly string[])[] => {
  const row = (name: string, minor: number) => ['', '', '', name, money(minor), '', ''];
  return [
    row('total', totalMinor),
    ...(roundingMinor === 0 ? [] : [row('rounding', roundingMinor)]),
    ...(prepaidMinor === 0 ? [] : [row('prepaid', -prepaidMinor)]),
    ...(payableMinor === totalMinor ? [] : [row('payable', payableMinor)]),
  ];
};

const rateText = ({ taxes }: Pick<TaxedLine, 'taxes'>): string =>
  taxes.map(({ name, rate }) => `${name} ${rate} %`.trim()).join(' + ');

type CreditNoteLayout = {
  readonly money: (minor: number) => string;
  readonly columns: number;
};

const creditNoteText = (note: Invoice.CreditNote, { money, columns }: CreditNoteLayout): string =>
  [
    `credit    ${note.label}`,
    `issued    ${timeOf(note.issuedAt)}`,
    `refund    ${note.refundId}, as ${note.refundReference}`,
    '',
    tableOf(
      ['line', 'sku', 'description', 'quantity', 'net', 'tax rate', 'tax'],
      [
        ...note.lines.map((line) => [
          String(line.line),
          line.sku,
          line.description,
          // An amount is not of so many pieces.
          line.quantity === '0' ? '' : line.quantity,
          money(line.netMinor),
          rateText(line),
          money(line.taxMinor),
        ]),
        ['', '', '', 'sum', money(note.netMinor), '', money(note.taxMinor)],
        ...totalRows(note, money),
      ],
      { right: [0, 3, 4, 5, 6], columns },
    ),
  ].join('\n');
