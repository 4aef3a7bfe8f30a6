import { createCodec, type Codec, type DataCodecs, type Upcasts } from '../codec.ts';
import { list, object, oneOf, row, string, toRow, whole } from '../decode.ts';

export type DocumentKind = 'invoices' | 'credit notes';

/** Facts about a whole deployment. Stored for ever: add, never rename. */
export type Event =
  /** A series prints its numbers in this format, and no other series may print any of them. */
  | {
      readonly type: 'SeriesRegistered';
      readonly data: {
        readonly series: string;
        /** The format as `parseFormat` of the series reads it. */
        readonly format: string;
        readonly documents: DocumentKind;
        /** Milliseconds since the epoch. */
        readonly at: number;
      };
    }
  /** A worker began with other settings than the one before; none of them is a secret. */
  | {
      readonly type: 'SettingsTaken';
      readonly data: {
        /** The settings by their names in the environment, as text. */
        readonly settings: readonly Setting[];
        /** Milliseconds since the epoch. */
        readonly at: number;
      };
    }
  /**
   * The log was audited, from beginning to end. The event says what was found, and proves nothing.
   */
  | { readonly type: 'AuditConcluded'; readonly data: AuditConclusion };

/**
 * The times are in milliseconds since the epoch; 0 where nothing waited, otherwise that of the
 * oldest.
 */
export type AuditConclusion = {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly commits: number;
  readonly findings: number;
  /** Invariants that were not looked at, such as `gateway`. */
  readonly unchecked: readonly string[];
  readonly open: number;
  readonly openSince: number;
  readonly unknown: number;
  readonly unknownSince: number;
  readonly inReview: number;
  readonly inReviewSince: number;
  /** Open disputes, overdue ones too. */
  readonly disputes: number;
  /** The earliest end of a time for evidence that had not passed; 0 where none is to come. */
  readonly disputesDueBy: number;
  /** The hash of the evidence that was exported; empty where none was. */
  readonly manifestSha256: string;
};

export type Setting = { readonly name: string; readonly value: string };

const SETTING_PARTS = { name: string, value: string } as const;

/** Earlier releases counted no disputes in an audit. */
const upcasts: Upcasts = {
  AuditConcluded: {
    1: (data) => [
      {
        type: 'AuditConcluded',
        v: 2,
        data: { disputes: 0, disputesDueBy: 0, ...Object(data) },
      },
    ],
  },
};

const codecs: DataCodecs<Event> = {
  SeriesRegistered: {
    decode: object({
      series: string,
      format: string,
      documents: oneOf('invoices', 'credit notes'),
      at: whole,
    }),
  },
  SettingsTaken: {
    decode: object({ settings: list(row(SETTING_PARTS)), at: whole }),
    encode: ({ settings, at }) => ({ settings: settings.map(toRow(SETTING_PARTS)), at }),
  },
  AuditConcluded: {
    v: 2,
    decode: object({
      startedAt: whole,
      endedAt: whole,
      commits: whole,
      findings: whole,
      unchecked: list(string),
      open: whole,
      openSince: whole,
      unknown: whole,
      unknownSince: whole,
      inReview: whole,
      inReviewSince: whole,
      disputes: whole,
      disputesDueBy: whole,
      manifestSha256: string,
    }),
  },
};

export const codec: Codec<Event> = createCodec<Event>(codecs, upcasts);
