import { err, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import * as Deployment from '../../domain/deployment/events.ts';
import type { DeploymentIdentity } from '../../domain/order/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, LoadError, StreamId, RecordError } from '../ports/eventStore.ts';
import type { Misconfiguration, DependencyError } from '../ports/failures.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import {
  createStream,
  type LoadedHistory,
  type EventStream,
  type StreamDependencies,
} from '../log/eventStreams.ts';

/** The deployment and account of this process. They are read once, and kept once they are known. */
export type CurrentDeployment = () => ResultAsync<DeploymentIdentity, DependencyError>;

export type RecordRestore = (restored: {
  readonly by: string;
  readonly reason: string;
}) => ResultAsync<
  { readonly by: string; readonly reason: string; readonly at: number },
  AppendError | LoadError
>;

/** Binds an account. `before` is absent where none was bound; `isNew`: it was another one. */
export type BindAccount = (binding: {
  readonly by: string;
  readonly reason: string;
}) => ResultAsync<
  { readonly account: string; readonly before?: string; readonly isNew: boolean },
  AppendError | LoadError
>;

export type DeploymentStream = EventStream<Deployment.State, Deployment.Event>;

/** The id of the stream within its kind: a table holds one deployment. */
export const SELF = 'self';
const deploymentStreamId = (id: string): StreamId => `deployment#${id}`;
export const DEPLOYMENT_STREAM = deploymentStreamId(SELF);
/** With ten characters of 32, two deployments on one account never get the same id. */
const ID_CHARACTERS = 10;
/** Two setups, or two workers, may write at once. */
const ROUNDS_MAX = 5;

export type DeploymentDependencies = StreamDependencies & { readonly clock: Pick<Clock, 'now'> };

export const createDeploymentStream = (dependencies: DeploymentDependencies): DeploymentStream =>
  createStream(dependencies, {
    streamId: deploymentStreamId,
    codec: Deployment.codec,
    initialState: Deployment.initialState,
    evolve: Deployment.evolve,
  });

const NOBODY = { correlationId: SELF, causationId: SELF };

/** Appends what is decided on the newest state; a decision without an event appends nothing. */
const createDecide =
  (stream: DeploymentStream) =>
  (
    decide: (state: Deployment.State) => Deployment.Event | undefined,
  ): ResultAsync<Deployment.State, RecordError> =>
    safeTry(async function* () {
      let held: LoadedHistory<Deployment.State, Deployment.Event> = yield* stream.load(SELF);
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const event = decide(held.state);
        if (event === undefined) return ok(held.state);
        const commit = { ...NOBODY, events: [event], idempotencyKey: event.type };
        const appended = await stream.append(SELF, held, commit);
        if (appended.isOk()) return ok(appended.value.state);
        if (appended.error.type !== 'Conflict') return err(appended.error);
        held = yield* stream.load(SELF);
      }
      const cause = 'others wrote the deployment’s stream again and again';
      return err<never, RecordError>({
        type: 'Unavailable',
        dependency: 'EventStore',
        cause,
        throttled: false,
      });
    });

/** Gives the table's deployment an id unless it has one. Repeatable, even by two setups at once. */
export const createIdentifyDeployment = ({
  ids,
  clock,
  ...log
}: DeploymentDependencies): (() => ResultAsync<Deployment.State, RecordError>) => {
  const decide = createDecide(createDeploymentStream({ ids, clock, ...log }));
  return () =>
    decide(({ identified }) =>
      identified === undefined
        ? {
            type: 'DeploymentIdentified',
            // The end of a ULID is its random part.
            data: { id: ids.create().slice(-ID_CHARACTERS).toLowerCase(), at: clock.now() },
          }
        : undefined,
    );
};

/**
 * The deployment and account for a process that moves money. The first process binds the deployment
 * to the account of its key. From then on a key of another account is a mistake in the settings,
 * and moves no money.
 */
export const createCurrentDeployment = ({
  gateway,
  ...log
}: DeploymentDependencies & {
  readonly gateway: Pick<PaymentGateway, 'identify'>;
}): CurrentDeployment => {
  const { clock } = log;
  const decide = createDecide(createDeploymentStream(log));
  let known: DeploymentIdentity | undefined;

  const find = (): ResultAsync<DeploymentIdentity, DependencyError> =>
    safeTry(async function* () {
      const account = yield* gateway.identify();
      const bound = yield* decide((state) =>
        state.identified !== undefined && state.account === undefined
          ? { type: 'GatewayAccountBound', data: { account, ...FIRST, at: clock.now() } }
          : undefined,
      ).mapErr(asFailure);
      if (bound.identified === undefined) return err(misconfigured('EventStore', UNIDENTIFIED));
      if (bound.account !== account) {
        return err(otherAccount(account, bound.account));
      }
      known = factsOf(bound.identified, account, bound);
      return ok(known);
    });

  return () => (known === undefined ? find() : okAsync(known));
};

/** The same for a reader without a key: it takes the account on which money is moved. */
export const createKnownDeployment = (log: DeploymentDependencies): CurrentDeployment => {
  const stream = createDeploymentStream(log);
  return () =>
    stream
      .load(SELF)
      .mapErr(asFailure)
      .map(({ state }) => factsOf(state.identified ?? UNKNOWN, state.account ?? '', state));
};

/** No setup of this release was run on the table yet. */
const UNKNOWN = { id: '', at: Infinity };

const factsOf = (
  { id, at: sealedSince }: { readonly id: string; readonly at: number },
  account: string,
  { restoredAt }: Deployment.State,
): DeploymentIdentity => ({
  id,
  account,
  sealedSince,
  ...(restoredAt === undefined ? {} : { restoredAt }),
});

/** Records that the tables were restored from a backup. Recording it again does no harm. */
export const createRecordRestore = ({ clock, ...log }: DeploymentDependencies): RecordRestore => {
  const stream = createDeploymentStream({ clock, ...log });
  return ({ by, reason }) => {
    const event: Deployment.Event = {
      type: 'BackupRestored',
      data: { by, reason, at: clock.now() },
    };
    return stream
      .load(SELF)
      .andThen((held) =>
        stream.append(SELF, held, { ...NOBODY, events: [event], idempotencyKey: event.type }),
      )
      .map(() => event.data);
  };
};

/**
 * Binds the deployment to the account of the key in use; money is moved on it from then on.
 * Requests to the former account are neither sent nor ended until that account is bound again.
 */
export const createBindAccount = ({
  gateway,
  clock,
  ...log
}: DeploymentDependencies & {
  readonly gateway: Pick<PaymentGateway, 'identify'>;
}): BindAccount => {
  const stream = createDeploymentStream({ clock, ...log });
  return ({ by, reason }) =>
    safeTry(async function* () {
      const account = yield* gateway.identify();
      const held = yield* stream.load(SELF);
      const { account: before } = held.state;
      const bound = { account, ...(before === undefined ? {} : { before }) };
      if (before === account) return ok({ ...bound, isNew: false });
      const event: Deployment.Event = {
        type: 'GatewayAccountBound',
        data: { account, by, reason, at: clock.now() },
      };
      const commit = { ...NOBODY, events: [event], idempotencyKey: event.type };
      yield* stream.append(SELF, held, commit);
      return ok({ ...bound, isNew: true });
    });
};

const FIRST = { by: 'worker', reason: 'the first key that was used' };

const UNIDENTIFIED = 'the deployment has no id yet: run `paidonce setup`';

export const otherAccount = (account: string, bound: string | undefined): Misconfiguration =>
  misconfigured(
    'PaymentGateway',
    `the key is of ${account}, and this deployment moves money on ${bound}: ` +
      '`paidonce gateway-account bind` changes that',
  );

const misconfigured = (
  dependency: Misconfiguration['dependency'],
  cause: string,
): Misconfiguration => ({ type: 'Misconfigured', dependency, cause });

/** While this stream is broken, nothing can be charged until a person has fixed it. */
const asFailure = (error: RecordError): DependencyError => {
  switch (error.type) {
    case 'Unavailable':
    case 'Misconfigured':
      return error;
    case 'Uncertain':
      return {
        type: 'Unavailable',
        dependency: 'EventStore',
        cause: error.cause,
        throttled: false,
      };
    case 'CorruptStream':
      return misconfigured('EventStore', `the deployment’s stream cannot be read: ${error.why}`);
    case 'CommitTooLarge':
      return misconfigured('EventStore', `the deployment’s stream takes no ${error.bytes} bytes`);
  }
};
