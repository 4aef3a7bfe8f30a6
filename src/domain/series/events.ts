import type { Calendar } from '../calendar.ts';

export type SeriesEntry = {
  /** `<orderId>` for an invoice, `<orderId>#<refundId>` for a credit note. */
  readonly id: string;
  /** The gateway's name of the money that the document is for: evidence of it. */
  readonly reference: string;
};

/** The facts about one series. Each is a commit of its own: its version is its place. */
export type Event =
  /** These documents got the numbers `first`, `first + 1`, … in this order. */
  | {
      readonly type: 'DocumentsNumbered';
      readonly data: Calendar & {
        /** Numbers restart at 1 with the year. */
        readonly first: number;
        /** Milliseconds since the epoch; never before that of the commit before it. */
        readonly date: number;
        /** The year of `date` by the calendar, and never before that of the commit before it. */
        readonly year: number;
        readonly entries: readonly SeriesEntry[];
        /**
         * The format, such as `{series}-{year}-{number:6}`; '' in events before it was recorded.
         */
        readonly format: string;
      };
    }
  /** The numbers below `next` are not allocated: after a restore, customers hold them. */
  | {
      readonly type: 'FloorSet';
      readonly data: Calendar & {
        readonly next: number;
        /** Milliseconds since the epoch; never before that of the commit before it. */
        readonly date: number;
        /** The year for which the floor is, as in the other event. */
        readonly year: number;
        readonly by: string;
        readonly reason: string;
      };
    }
  /** These documents get no number any more: the refunds that they were for have failed (R25). */
  | {
      readonly type: 'DocumentsClosed';
      /** The series stands as before, and is printed as before. */
      readonly data: {
        readonly next: number;
        readonly date: number;
        readonly year: number;
        readonly format: string;
        readonly entries: readonly SeriesEntry[];
        /** Milliseconds since the epoch, by the clock of whoever closed them. */
        readonly at: number;
      };
    };

export type NumberingEvent = Extract<Event, { readonly type: 'DocumentsNumbered' }>;
export type ClosingEvent = Extract<Event, { readonly type: 'DocumentsClosed' }>;

export type AllocatedNumber = {
  readonly series: string;
  readonly year: number;
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly date: number;
  readonly seriesVersion: number;
};

export type PrintedNumber = AllocatedNumber & {
  /**
   * The number as its document has to show it; absent where whoever looked it up cannot know that.
   */
  readonly label?: string;
};
