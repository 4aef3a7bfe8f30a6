import { err, ok } from 'neverthrow';
import type { Decoder } from '../decode.ts';
import type { CreditLine } from './creditable.ts';
import { fromMicros, toMicros } from './quantity.ts';

/*
 * The lines of a credit note as the row of the read model has them: `1.0.2s.j` for line 1, no
 * pieces, net 100, tax 19, in base 36, with a blank between two lines. A line with several taxes
 * has each of them, and a quantity with decimals has its millionths behind a colon: `0:apsw` is
 * 0.5. An order may have 100 refunds that each take something of every line. In decimals, or with
 * the names of the lines, those would not fit into an item.
 */

const BASE = 36;
const LINE = /^[0-9a-z]+\.[0-9a-z]+(?::[0-9a-z]+)?(?:\.[0-9a-z]+){2,}$/;
const MICROS = 1_000_000;

export const creditLinesText = (lines: readonly CreditLine[]): string =>
  lines
    .map(({ line, quantity, netMinor, taxesMinor }) =>
      [line, quantityText(quantity), netMinor, ...taxesMinor]
        .map((part) => (typeof part === 'number' ? part.toString(BASE) : part))
        .join('.'),
    )
    .join(' ');

const quantityText = (quantity: string): string => {
  const micros = toMicros(quantity);
  const whole = Math.floor(micros / MICROS).toString(BASE);
  const fraction = micros % MICROS;
  return fraction === 0 ? whole : `${whole}:${fraction.toString(BASE)}`;
};

export const creditLines: Decoder<readonly CreditLine[]> = (value, path) => {
  if (value === '') return ok([]);
  const texts = typeof value === 'string' ? value.split(' ') : undefined;
  return texts?.every((text) => LINE.test(text)) === true
    ? ok(texts.map(lineOf))
    : err({ path, why: 'is no text of lines' });
};

const numberIn = (text: string): number => Number.parseInt(text, BASE);

const lineOf = (text: string): CreditLine => {
  const [line = '', quantity = '', net = '', ...taxes] = text.split('.');
  const [whole = '', fraction = '0'] = quantity.split(':');
  const taxesMinor = taxes.map(numberIn);
  return {
    line: numberIn(line),
    quantity: fromMicros(numberIn(whole) * MICROS + numberIn(fraction)),
    netMinor: numberIn(net),
    taxMinor: taxesMinor.reduce((sum, tax) => sum + tax, 0),
    taxesMinor,
  };
};
