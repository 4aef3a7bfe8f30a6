import { personalIn } from '../../domain/personal/index.ts';
import type { Commit, EventStore, StreamId, StreamPosition } from '../ports/eventStore.ts';
import type { PersonalData } from '../ports/personalData.ts';

type PrivateStoreDependencies = {
  readonly store: EventStore;
  readonly personalData: PersonalData;
};

/**
 * The log for code that works with personal data: it is encrypted before it is appended, and
 * decrypted when a stream is loaded. A scan is the store's own, and shows markers.
 */
export const createPrivateStore = ({
  store,
  personalData,
}: PrivateStoreDependencies): EventStore => ({
  ...store,
  append: (streamId, after, commit) =>
    commit.events.every((event) => personalIn(event) === undefined)
      ? store.append(streamId, after, commit)
      : sealed(personalData, { streamId, after, commit }).andThen((events) =>
          store.append(streamId, after, { ...commit, events }),
        ),
  load: (streamId, options) =>
    store
      .load(streamId, options)
      .andThen(({ commits, position }) =>
        personalData.reveal(commits).map((revealed) => ({ commits: revealed, position })),
      ),
  head: (streamId) =>
    store
      .head(streamId)
      .andThen((commit) =>
        personalData.reveal(commit === undefined ? [] : [commit]).map(([revealed]) => revealed),
      ),
});

type Append = {
  readonly streamId: StreamId;
  readonly after: StreamPosition;
  readonly commit: Commit;
};

const sealed = (
  personalData: PersonalData,
  { streamId, after, commit: { owner, events } }: Append,
) => {
  if (owner === undefined) {
    throw new Error('Broken invariant: personal data has an owner whose keys encrypt it');
  }
  return personalData.seal({ streamId, version: after.version + 1, owner, events });
};
