import type { Invariant } from '../../../../src/application/audit/check.ts';
import type { StoredEvent, StreamId } from '../../../../src/application/ports/eventStore.ts';
import * as Order from '../../../../src/domain/order/index.ts';
import { NOON } from '../../../support/orderContext.ts';
import type { Draft, Shop } from '../../../support/shop.ts';

/** What must be found of it: the invariant, the stream and the version. */
export type Expected = readonly [invariant: Invariant, streamId: string, version?: number];

/** One way in which records can be wrong. */
export type Corruption = {
  readonly name: string;
  /** Lays what is to be damaged, as the live path does it. */
  readonly prepare: (shop: Shop, id: string) => void | Promise<void>;
  /** Damages it, once the series are laid, and says what must be found: that, and nothing else. */
  readonly corrupt: (shop: Shop, id: string) => readonly Expected[];
};

export const orderStream = (id: string): StreamId => `order#${id}`;
export const noticeStream = (id: string, notice: string): StreamId =>
  `notification#${id}#${notice}`;

/** Rewrites the stream, hashes and all. */
export const rewrite = (
  shop: Shop,
  streamId: StreamId,
  edit: (drafts: readonly Draft[]) => readonly Draft[],
): void => shop.lay(streamId, edit(shop.draftsOf(streamId)));

/** Forges one more commit, chained as it has to be. */
export const forge = (shop: Shop, id: string, ...events: readonly Order.StreamEvent[]): void =>
  rewrite(shop, orderStream(id), (drafts) => [
    ...drafts,
    { events: events.map((event) => Order.codec.encode(event)), at: NOON },
  ]);

/** The same stream with other data in its events of one type. */
export const edited = (
  drafts: readonly Draft[],
  type: string,
  change: (data: Record<string, unknown>) => Record<string, unknown>,
): readonly Draft[] =>
  drafts.map((draft) => ({
    ...draft,
    events: draft.events.map((event): StoredEvent =>
      event.type === type
        ? { ...event, data: JSON.parse(JSON.stringify(change({ ...event.data }))) }
        : event,
    ),
  }));
