import { err, ok, type Result } from 'neverthrow';
import type { RecordedCommit, StoredEvent } from '../../application/ports/eventStore.ts';
import { isJsonObject, parseJson, type Json } from '../../application/ports/json.ts';
import { list, REFUSED, string, whole, withQuick, type Decoder } from '../../domain/decode.ts';
import { ENCRYPTED, marked, withValues, type SealedData } from '../../domain/personal/index.ts';

/**
 * A version above this says that the personal data of the event is encrypted: 1002 is version 2. A
 * release that cannot decrypt knows no such version and leaves the stream alone (ADR 0015, 0046).
 */
const SEALED_FROM = 1_000;
/** The member with the encrypted data, behind the event's own data. */
const SEALED = 'sealed';

/**
 * An event as JSON. In the place of personal data it holds null and the encrypted data, whatever
 * `data` is.
 */
export const toStored = ({ type, v, data, sealed }: StoredEvent): Json => {
  if (sealed === undefined) return [type, v, data];
  const { owner, key, paths, text } = sealed;
  const hidden = withValues(data, Object.fromEntries(paths.map((path) => [path, null])));
  return [type, SEALED_FROM + v, { ...hidden, [SEALED]: [owner, key, paths, text] }];
};

/** What it does not know stays as it is, so that the event's codec refuses its version. */
const fromStored = (stored: StoredEvent): StoredEvent => {
  const { type, v } = stored;
  if (v <= SEALED_FROM) return stored;
  const { [SEALED]: part, ...data } = stored.data;
  const sealed = readSealed(part);
  const readable = sealed && marked({ type, data }, sealed.paths, ENCRYPTED);
  return sealed === undefined || readable === undefined
    ? stored
    : { type, v: v - SEALED_FROM, data: readable, sealed };
};

const readSealed = (part: Json | undefined): SealedData | undefined => {
  if (!Array.isArray(part) || part.length !== PARTS) return undefined;
  const [owner, key, paths, text]: unknown[] = part;
  const named = list(string)(paths, '');
  return typeof owner === 'string' &&
    typeof key === 'string' &&
    typeof text === 'string' &&
    named.isOk()
    ? { owner, key, paths: named.value, text }
    : undefined;
};

const PARTS = 4;

export const positive: Decoder<number> = withQuick<number>(
  (value) => (isPositive(value) ? value : REFUSED),
  (value, path) => (value === 0 ? err({ path, why: 'is zero' }) : whole(value, path)),
);

const isPositive = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;

const event: Decoder<StoredEvent> = withQuick<StoredEvent>(
  (value) => {
    if (!Array.isArray(value) || value.length !== 3) return REFUSED;
    const [type, v, data]: unknown[] = value;
    const isOne = typeof type === 'string' && isPositive(v) && isJsonObject(data);
    return isOne ? fromStored({ type, v, data }) : REFUSED;
  },
  (value, path) => {
    if (!Array.isArray(value) || value.length !== 3) return err({ path, why: 'is not an event' });
    const [type, v, data]: unknown[] = value;
    if (!isJsonObject(data)) return err({ path, why: 'has no data' });
    const name = string(type, path);
    if (name.isErr()) return err(name.error);
    const version = positive(v, path);
    if (version.isErr()) return err(version.error);
    return ok(fromStored({ type: name.value, v: version.value, data }));
  },
);

const eventsOf = list(event);

export const decodeEvents = (text: string): Result<RecordedCommit['events'], string> => {
  const parsed = parseJson(text);
  if (parsed.isErr()) return err(`item.events ${parsed.error}`);
  const events = eventsOf(parsed.value, 'item.events');
  if (events.isErr()) return err(`${events.error.path} ${events.error.why}`);
  return hasFirst(events.value) ? ok(events.value) : err('item.events holds no event');
};

const hasFirst = (events: readonly StoredEvent[]): events is RecordedCommit['events'] =>
  events.length > 0;
