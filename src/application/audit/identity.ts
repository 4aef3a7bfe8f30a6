import type { ResultAsync } from 'neverthrow';
import * as Deployment from '../../domain/deployment/events.ts';
import { DEPLOYMENT_STREAM } from '../deployment/deployment.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { AuditError } from './check.ts';
import { decodedCommits, eventsOf, unlessCorrupt, type DecodedStream } from './decodedStreams.ts';

type Identity = Extract<Deployment.Event, { readonly type: 'DeploymentIdentified' }>['data'];

/** The first identity that a deployment was given is valid for ever. */
export const identityIn = (
  stream: DecodedStream<Deployment.Event> | undefined,
): Identity | undefined =>
  stream === undefined
    ? undefined
    : eventsOf(stream).find((event) => event.type === 'DeploymentIdentified')?.data;

/** Undefined where no setup has given one, or where it cannot be read. */
export const loadIdentity = (
  store: Pick<EventStore, 'load'>,
): ResultAsync<Identity | undefined, AuditError> =>
  unlessCorrupt(
    store
      .load(DEPLOYMENT_STREAM)
      .andThen(({ commits }) => decodedCommits(DEPLOYMENT_STREAM, commits, Deployment.codec)),
  ).map(identityIn);
