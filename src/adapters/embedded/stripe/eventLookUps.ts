import { err, ok, type Result } from 'neverthrow';
import type { StripeObjects } from './objects.ts';
import { invalid, type StripeAnswer } from './errors.ts';
import { eventObject, type SandboxEvent, type StripeObject } from './events.ts';
import { LIST_PARAMETERS, listOf } from './lists.ts';
import { onlyKnown, type Parameters } from './parameters.ts';

const URL = '/v1/events';
/** The maximum that Stripe takes: https://docs.stripe.com/api/events/list */
const TYPES_MAX = 20;
/** `types[]=…`, as the SDK writes it and with its place. */
const OF_TYPES = /^types\[\d*\]$/;

/** https://docs.stripe.com/api/events/list */
export const listEvents = (
  objects: StripeObjects,
  query: Parameters,
  nowMs: number,
): Result<object, StripeAnswer> => {
  const given = Object.entries(query).filter(([name]) => OF_TYPES.test(name));
  const others = Object.fromEntries(Object.entries(query).filter(([name]) => !OF_TYPES.test(name)));
  return onlyKnown(others, new Set([...LIST_PARAMETERS, 'type']))
    .andThen(() =>
      parseTypes(
        others['type'],
        given.flatMap(([, value]) => value),
      ),
    )
    .andThen((isOfType) => {
      const events = objects.events(nowMs).filter(({ type }) => isOfType(type));
      return listOf(events.map(withCreated), others, { url: URL, kind: 'event' });
    });
};

export const eventIn = (
  objects: StripeObjects,
  id: string,
  nowMs: number,
): StripeObject | undefined => {
  const event = objects.events(nowMs).find((each) => each.id === id);
  return event && eventObject(event);
};

const withCreated = (event: SandboxEvent) => ({
  ...eventObject(event),
  id: event.id,
  created: Math.floor(event.atMs / 1_000),
});

/** A type may end in a wildcard: `charge.dispute.*`. */
const parseTypes = (
  type: unknown,
  types: readonly unknown[],
): Result<(type: string) => boolean, StripeAnswer> => {
  if (type === undefined && types.length === 0) return ok(() => true);
  if (type !== undefined && types.length > 0) {
    return err(invalid('You may only specify one of these parameters: type, types.', 'types'));
  }
  const wanted = type === undefined ? types : [type];
  const isWhole = wanted.every((each): each is string => typeof each === 'string' && each !== '');
  if (!isWhole || wanted.length > TYPES_MAX) {
    return err(invalid(`Invalid types: 1 to ${TYPES_MAX} names of events`, 'types'));
  }
  const tests = wanted.map((name) =>
    name.endsWith('*')
      ? (each: string) => each.startsWith(name.slice(0, -1))
      : (each: string) => each === name,
  );
  return ok((each) => tests.some((test) => test(each)));
};
