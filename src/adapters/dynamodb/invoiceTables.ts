import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../application/ports/clock.ts';
import type { InvoiceTables } from '../../application/ports/invoiceView.ts';
import { createDynamoDbInvoiceView } from './invoiceView.ts';
import { ensureInvoicesTable } from './tables.ts';

export const createDynamoDbInvoiceTables = (
  client: DynamoDBClient,
  clock: Pick<Clock, 'sleep'>,
): InvoiceTables => ({
  ensure: (table) => ensureInvoicesTable(client, table, clock).map(({ outcome }) => outcome),
  open: (table) => createDynamoDbInvoiceView(client, { table }),
});
