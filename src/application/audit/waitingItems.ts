import type { PartItem, WaitingListName } from './part.ts';
import type { OldestN } from './waiting.ts';

type WaitingLists = Readonly<Partial<Record<WaitingListName, OldestN>>>;

/** The oldest of each list, and how many younger ones it has counted. */
export function* waitingItems(lists: WaitingLists): Generator<PartItem, void, void> {
  for (const [name, kept] of Object.entries(lists)) {
    const list = name as WaitingListName;
    const { count, oldest } = kept.list();
    for (const item of oldest) yield { of: 'waiting', list, item };
    if (count > oldest.length) yield { of: 'younger', list, count: count - oldest.length };
  }
}

/** Adds an item of another share to the list of its name, if it is one of these. */
export const joinWaiting = (lists: WaitingLists, item: PartItem): void => {
  if (item.of === 'waiting') lists[item.list]?.add(item.item);
  if (item.of === 'younger') lists[item.list]?.addYounger(item.count);
};
