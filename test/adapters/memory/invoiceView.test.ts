import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { describeInvoiceView } from '../../contracts/invoiceView.contract.ts';

describeInvoiceView('memory', async () => createMemoryInvoiceView());
