import { ciiOf } from '../../../src/adapters/documents/cii.ts';
import {
  electronicInvoiceOf,
  type ElectronicInvoice,
} from '../../../src/adapters/documents/electronicInvoice.ts';
import { ublOf } from '../../../src/adapters/documents/ubl.ts';
import { languageFor } from '../../../src/application/language/languages.ts';
import type { Sample } from './samples.ts';

export const electronicOf = ({ document, note }: Omit<Sample, 'name'>): ElectronicInvoice =>
  electronicInvoiceOf(document, note, languageFor(document.language, 'en'));

export const ciiOfSample = (sample: Omit<Sample, 'name'>): string => ciiOf(electronicOf(sample));
export const ublOfSample = (sample: Omit<Sample, 'name'>): string => ublOf(electronicOf(sample));
