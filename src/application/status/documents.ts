import { ok, safeTry, type ResultAsync } from 'neverthrow';
import type * as Series from '../../domain/series/index.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import { loadRegistry } from '../registry/seriesRegistry.ts';
import { createSeriesReads, placesIn, type SeriesReads } from '../series/seriesLog.ts';

/** A document that has a number: `<orderId>`, or `<orderId>#<refundId>`. */
export type SeriesDocument = {
  readonly orderId: string;
  /** The refund of a credit note. */
  readonly refundId?: string;
  readonly series: string;
};

export type DocumentsRead = {
  /** The documents that no earlier call returned. */
  readonly documents: readonly SeriesDocument[];
  /** Whether there are more, which the next call returns. */
  readonly isCut: boolean;
};

/** The maximum number of documents in one call: some megabytes of the log, and as many rows. */
const DOCUMENTS_MAX = 20_000;
const PAGE_COMMITS = 200;

/**
 * Finds the documents that were numbered since a time, each once: a further call returns what is
 * new. The first commit since then is searched by halves, as dates never fall within a series.
 */
export const createDocumentsSince = (store: Pick<EventStore, 'head' | 'load'>, since: number) => {
  /** The version of each series up to which its documents were returned. */
  const given = new Map<string, number>();

  const startOf = (series: string, reads: SeriesReads): ResultAsync<number, LoadError> =>
    safeTry(async function* () {
      const before = given.get(series);
      if (before !== undefined) return ok(before);
      const { position } = yield* reads.head();
      let [low, high] = [1, position.version + 1];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const [commit] = yield* reads.page(middle - 1, 1);
        if (commit !== undefined && commit.event.data.date < since) low = middle + 1;
        else high = middle;
      }
      return ok(low - 1);
    });

  return (documentsMax = DOCUMENTS_MAX): ResultAsync<DocumentsRead, LoadError> =>
    safeTry(async function* () {
      const { registry } = yield* loadRegistry(store);
      const documents: SeriesDocument[] = [];
      for (const series of registry.keys()) {
        const reads = createSeriesReads(series, store);
        let version = yield* startOf(series, reads);
        for (;;) {
          if (documents.length >= documentsMax) return ok({ documents, isCut: true });
          const page = yield* reads.page(version, PAGE_COMMITS);
          documents.push(
            ...page.flatMap((commit) =>
              placesIn(series, commit).map((at) => documentOf(series, at)),
            ),
          );
          version = page.at(-1)?.version ?? version;
          given.set(series, version);
          if (page.length < PAGE_COMMITS) break;
        }
      }
      return ok({ documents, isCut: false });
    });
};

const documentOf = (series: string, { id }: Series.SeriesPlace): SeriesDocument => {
  const [orderId = '', ...ofRefund] = id.split('#');
  return { orderId, series, ...(ofRefund.length > 0 && { refundId: ofRefund.join('#') }) };
};
