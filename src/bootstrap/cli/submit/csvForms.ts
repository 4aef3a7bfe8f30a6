/** The cells of one row that are not empty, by their columns. */
export type CsvCells = ReadonlyMap<string, string>;

/** A form of CSV: its columns, by their names as the messages have them (docs/messages.md). */
export type CsvForm = {
  /** Columns of an order, which its further rows repeat or leave empty. */
  readonly orderColumns: readonly string[];
  /** Columns of one of its lines. */
  readonly lineColumns: readonly string[];
  /** Columns that need not be there. */
  readonly optional: readonly string[];
  /** The order of a message, whose rules say what is wrong with it. */
  readonly orderOf: (rows: readonly [CsvCells, ...CsvCells[]]) => unknown;
};

const ORDER_V1 = ['orderId', 'customer.id', 'customer.email', 'currency', 'paymentMethod'];
const LINE_V1 = ['sku', 'description', 'quantity', 'unitPriceMinor', 'taxRateBps'];
const NUMBERS_V1: ReadonlySet<string> = new Set(['quantity', 'unitPriceMinor', 'taxRateBps']);

/** What is no whole number is left as it is: the rules of an order say what is wrong with it. */
const numberOf = (cell: string | undefined): string | number | undefined =>
  cell !== undefined && /^-?\d{1,16}$/.test(cell) ? Number(cell) : cell;

/** Version 1: net prices in minor units, and one tax in basis points. */
const FORM_V1: CsvForm = {
  orderColumns: ORDER_V1,
  lineColumns: LINE_V1,
  optional: [],
  orderOf: ([first, ...others]) => ({
    orderId: first.get('orderId'),
    customer: { id: first.get('customer.id'), email: first.get('customer.email') },
    currency: first.get('currency'),
    paymentMethod: first.get('paymentMethod'),
    lines: [first, ...others].map((cells) =>
      Object.fromEntries(
        LINE_V1.map((name) => [
          name,
          NUMBERS_V1.has(name) ? numberOf(cells.get(name)) : cells.get(name),
        ]),
      ),
    ),
  }),
};

const ORDER_V2 = [
  'orderId',
  'customer.id',
  'customer.email',
  'customer.language',
  'currency',
  'priceMode',
  'paymentMethod',
  'expectedTotalMinor',
];
const LINE_V2 = ['sku', 'description', 'quantity', 'unit', 'unitPrice', 'tax.name', 'tax.rate'];

/**
 * Version 2, as far as a row can say it: prices with or without tax, decimal quantities and prices,
 * one tax on each line. Whatever else an order of version 2 can have is said in JSON.
 */
const FORM_V2: CsvForm = {
  orderColumns: ORDER_V2,
  lineColumns: LINE_V2,
  optional: ['customer.language', 'expectedTotalMinor', 'unit'],
  orderOf: ([first, ...others]) => ({
    orderId: first.get('orderId'),
    customer: {
      id: first.get('customer.id'),
      email: first.get('customer.email'),
      language: first.get('customer.language'),
    },
    currency: first.get('currency'),
    priceMode: first.get('priceMode'),
    expectedTotalMinor: numberOf(first.get('expectedTotalMinor')),
    payment: { type: 'method', paymentMethod: first.get('paymentMethod') },
    lines: [first, ...others].map((cells) => ({
      sku: cells.get('sku'),
      description: cells.get('description'),
      quantity: cells.get('quantity'),
      unit: cells.get('unit'),
      unitPrice: cells.get('unitPrice'),
      taxes: [taxOf(cells)],
    })),
  }),
};

const taxOf = (cells: CsvCells) => {
  const rate = cells.get('tax.rate');
  const isZero = rate !== undefined && /^0(?:\.0*)?$/u.test(rate);
  return { name: cells.get('tax.name'), rate, ...(isZero && { category: 'zero' }) };
};

export const columnsOf = ({ orderColumns, lineColumns }: CsvForm): readonly string[] => [
  ...orderColumns,
  ...lineColumns,
];

/** The form is decided by the column that no row of version 1 has. */
export const formOf = (names: readonly string[]): CsvForm =>
  names.includes('unitPrice') ? FORM_V2 : FORM_V1;

/** The columns of version 1, which are all needed. */
export const CSV_COLUMNS: readonly string[] = columnsOf(FORM_V1);
/** The columns of version 2. */
export const CSV_COLUMNS_V2: readonly string[] = columnsOf(FORM_V2);
