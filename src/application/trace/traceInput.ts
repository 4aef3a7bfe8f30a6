import type * as Notification from '../../domain/notification/index.ts';
import type * as Order from '../../domain/order/index.ts';
import type { DeadLetter } from '../deadLetters/deadLetter.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow } from '../ports/invoiceView.ts';
import type { LogLine } from '../ports/logSearch.ts';
import type { LocatedEvent } from '../log/eventStreams.ts';

/** Sources that could not be read, and other uncertainties. Every source adds to them. */
export type SourceNotes = { readonly missing: string[]; readonly notes: string[] };

/** Without this stream no other source shows the fate of the order. */
export const ORDER_STREAM = 'the order’s stream';

export type SourceFailure = {
  readonly type: string;
  readonly cause?: string;
  readonly why?: string;
};

export const reasonOf = ({ type, cause, why }: SourceFailure): string =>
  [type, cause ?? why].filter((part) => part !== undefined).join(': ');

export type TracedCommit<E> = {
  readonly commit: RecordedCommit;
  readonly located: readonly LocatedEvent<E>[];
};

/** One commit of a series with numbers for this order's documents, and perhaps others'. */
export type TracedNumbering = {
  readonly commit: RecordedCommit;
  /** The number of documents of this order in the commit, and the number of all its documents. */
  readonly ours: number;
  readonly entries: number;
};

export type TraceInput = {
  readonly orderId: string;
  /** The commits; empty where there is no such order, or where its stream cannot be read. */
  readonly entries: readonly TracedCommit<Order.StreamEvent>[];
  readonly state: Order.State;
  readonly notices: readonly {
    /** The notice's id, such as `receipt`; see `noticeIdsOf`. */
    readonly id: string;
    readonly entries: readonly TracedCommit<Notification.Event>[];
  }[];
  readonly numberings: readonly TracedNumbering[];
  readonly row?: InvoiceRow;
  /** The records; undefined where the log was not searched, or did not answer. */
  readonly records?: readonly LogLine[];
  readonly deadLetters: readonly DeadLetter[];
  readonly missing: readonly string[];
  readonly notes: readonly string[];
};

export type TraceTexts = {
  readonly event: (event: Order.StreamEvent, currency: string) => string;
  readonly status: (state: Order.State) => string;
  /** Removes whatever may be personal or secret, as for every record. */
  readonly redact: (text: string) => string;
};
