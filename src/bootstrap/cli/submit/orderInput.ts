import type { Result } from 'neverthrow';

/** The place of an order in its file: its number in a list, or its line. */
export type Place = {
  readonly unit: 'order' | 'line';
  readonly number: number;
  /** The place in words for people, with what more is known. */
  readonly text: string;
};

/** One order of a file before its own rules are checked, or each reason why it cannot be read. */
export type OrderInput = {
  readonly place: Place;
  /** Its id, if it has one; also of an order that cannot be read. */
  readonly orderId?: unknown;
  readonly value: Result<unknown, readonly string[]>;
};

export const lineAt = (number: number, text = `line ${number}`): Place => ({
  unit: 'line',
  number,
  text,
});
