import { readFileSync } from 'node:fs';

/**
 * Reads one order or a list of orders from the file that the command line names, and writes a line
 * of JSON for each, as `paidonce submit` reads it. An order that cannot be said ends with status 1
 * and nothing written, so that no half of a file is submitted.
 */
export const convertFile = (convert: Convert): void => {
  const [, program, file] = process.argv;
  if (file === undefined) {
    process.stderr.write(`usage: node ${program} FILE > orders.jsonl\n`);
    process.exitCode = 2;
    return;
  }
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const orders: readonly unknown[] = Array.isArray(read) ? read : [read];
  try {
    const lines = orders.map((order, index) => line(order, index, convert));
    process.stdout.write(lines.join(''));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
};

/** What a file has is taken for an order of the shop: a mapper fails where a part is missing. */
type Convert = (order: never) => object;

const line = (order: unknown, index: number, convert: Convert): string => {
  try {
    return `${JSON.stringify(convert(order as never))}\n`;
  } catch (error) {
    throw new Error(`order ${index + 1}: ${(error as Error).message}`, { cause: error });
  }
};
