import { err, ok, okAsync, type Result, ResultAsync, safeTry, errAsync } from 'neverthrow';
import type {
  CorruptStream,
  RecordedCommit,
  StoredEvent,
} from '../../application/ports/eventStore.ts';
import { isJsonObject, parseJson } from '../../application/ports/json.ts';
import type {
  KeyTrouble,
  PersonalData,
  SealRequest,
} from '../../application/ports/personalData.ts';
import {
  ERASED,
  marked,
  personalIn,
  withValues,
  type PersonalValues,
  type SealedData,
} from '../../domain/personal/index.ts';
import { misconfigured } from '../failures.ts';
import { decrypt, encryptRepeatably, type DataKey } from './aead.ts';
import type { KeyRings } from './keyRings.ts';

/** An event in its place, which the encrypted values are bound to. */
type EventPlace = { readonly streamId: string; readonly version: number } & Pick<
  StoredEvent,
  'type' | 'v'
>;

/** AES-256-GCM by the owner's keys, bound to the stream, the version and the event's type. */
export const createPersonalData = (rings: KeyRings): PersonalData => {
  const sealEvent = async (
    request: SealRequest,
    event: StoredEvent,
    index: number,
  ): Promise<Result<StoredEvent, KeyTrouble>> => {
    const personal = personalIn(event);
    if (personal === undefined) return ok(event);
    const { streamId, owner } = request;
    return (await rings.current(owner, personal.purpose)).map(({ name, key }) => {
      const place = { streamId, version: request.version + index, type: event.type, v: event.v };
      const paths = Object.keys(personal.values);
      const about = aboutEvent(place, { owner, key: name, paths });
      const values = Buffer.from(JSON.stringify(Object.values(personal.values)), 'utf8');
      const text = encryptRepeatably(key, values, about).toString('base64url');
      return { ...event, sealed: { owner, key: name, paths, text } };
    });
  };

  /** Seals one event after the other, so that the first makes a new owner's key. */
  const seal = async (request: SealRequest): Promise<Result<SealRequest['events'], KeyTrouble>> => {
    const sealed: StoredEvent[] = [];
    for (const [index, event] of request.events.entries()) {
      const one = await sealEvent(request, event, index);
      if (one.isErr()) return err(one.error);
      sealed.push(one.value);
    }
    const [first = request.events[0], ...rest] = sealed;
    return ok([first, ...rest]);
  };

  const revealEvent = (
    place: EventPlace,
    event: StoredEvent,
  ): ResultAsync<StoredEvent, KeyTrouble | CorruptStream> =>
    safeTry(async function* () {
      const { sealed } = event;
      if (sealed === undefined) return ok(event);
      const key = yield* rings.named(sealed.owner, sealed.key);
      const data =
        key === undefined
          ? marked(event, sealed.paths, ERASED)
          : mapDefined(valuesIn(sealed, key, place), (values) => withValues(event.data, values));
      return data === undefined ? err(undecryptable(place)) : ok({ ...event, data });
    });

  const revealCommit = (
    commit: RecordedCommit,
  ): ResultAsync<RecordedCommit, KeyTrouble | CorruptStream> => {
    const { streamId, events } = commit;
    if (events.every(({ sealed }) => sealed === undefined)) return okAsync(commit);
    return ResultAsync.combine(
      events.map((event, index) =>
        revealEvent({ streamId, version: commit.version + index, ...event }, event),
      ),
    ).map(([first, ...rest]): RecordedCommit =>
      first === undefined ? commit : { ...commit, events: [first, ...rest] },
    );
  };

  return {
    seal: (request) => new ResultAsync(seal(request)),
    reveal: (commits) => ResultAsync.combine(commits.map(revealCommit)),
    check: () => rings.check(),
  };
};

const aboutEvent = (
  { streamId, version, type, v }: EventPlace,
  { owner, key, paths }: Omit<SealedData, 'text'>,
): string => JSON.stringify(['paidonce-personal-1', streamId, version, type, v, owner, key, paths]);

const valuesIn = (
  sealed: SealedData,
  key: DataKey,
  place: EventPlace,
): PersonalValues | undefined => {
  const bytes = Buffer.from(sealed.text, 'base64url');
  const values = decrypt(key.encryption, bytes, aboutEvent(place, sealed));
  const parsed = values && parseJson(values.toString('utf8')).unwrapOr(undefined);
  if (!Array.isArray(parsed) || parsed.length !== sealed.paths.length) return undefined;
  const found = Object.fromEntries(sealed.paths.map((path, at) => [path, parsed[at]]));
  return isJsonObject(found) ? found : undefined;
};

const mapDefined = <T, R>(value: T | undefined, map: (value: T) => R): R | undefined =>
  value === undefined ? undefined : map(value);

const undecryptable = ({ streamId, version }: EventPlace): CorruptStream => ({
  type: 'CorruptStream',
  streamId,
  version,
  why: 'its personal data is not what was encrypted for this place in the log',
});

/** For a deployment that has chosen to encrypt nothing: personal data is stored as it is. */
export const createPlainPersonalData = (): PersonalData => ({
  seal: ({ events }) => okAsync(events),
  reveal: (commits) =>
    commits.some(({ events }) => events.some(({ sealed }) => sealed !== undefined))
      ? errAsync(misconfigured('CustomerKeys', ENCRYPTED))
      : okAsync(commits),
  check: () => okAsync('Works'),
});

const ENCRYPTED =
  'personal data in the log is encrypted, and PERSONAL_DATA_KEY is none: it must be what it was';
