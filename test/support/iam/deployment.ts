import { expect } from 'chai';
import type { PolicyPlace, PolicyResource } from '../../../src/adapters/iam/place.ts';
import {
  policyOf,
  type PolicyRow,
  type PolicyStatement,
} from '../../../src/adapters/iam/policy.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../../src/adapters/iam/roles.ts';
import { jsonLines, lineOf, run, start, type Env, type InProcessCommand } from '../cli.ts';
import { grantsOf } from './decide.ts';
import { openIamFront, type IamFront, type IamRecord } from './front.ts';

export type RolesOptions = {
  readonly place: PolicyPlace;
  /** Where each service is, by the name that signatures have for it. */
  readonly servers: Readonly<Record<string, string>>;
  readonly stripe: string;
};

type Does = {
  /** Exit codes: some commands find what they look for, and end with 1. */
  readonly codes?: readonly number[];
  readonly input?: string;
};

/** Who acts under the policy of one role, or of several that one process has together. */
export type Actor = {
  readonly env: Env;
  readonly front: IamFront;
  readonly records: readonly IamRecord[];
  /** Runs a command to its end, and gives its lines of JSON. */
  readonly does: (line: string, does?: Does) => Promise<readonly Record<string, unknown>[]>;
  /** Starts a service, which runs until it is stopped, and gives the line that says it is ready. */
  readonly serves: (
    service: string,
    env?: Env,
  ) => Promise<{ readonly worker: InProcessCommand; readonly line: string }>;
};

export const statementsOf = (
  role: PolicyRoleName,
  place: PolicyPlace,
): readonly PolicyStatement[] => policyOf(POLICY_ROLES[role], place).Statement;

/** A deployment in which everybody has a front of their own, and with it a role. */
export const openRoles = ({ place, servers, stripe }: RolesOptions) => {
  const actors: { readonly roles: readonly PolicyRoleName[]; readonly actor: Actor }[] = [];
  const queueUrl = (name: string) => `${servers['sqs']}/${place.account}/${name}`;
  const { partition, region, account } = place;
  const env: Env = {
    AWS_REGION: region,
    PAYMENTS_QUEUE_URL: queueUrl(place.queues.payments),
    PAYMENTS_DLQ_URL: queueUrl(place.queues.paymentsDeadLetters),
    NOTIFICATIONS_QUEUE_URL: queueUrl(place.queues.notifications),
    NOTIFICATIONS_DLQ_URL: queueUrl(place.queues.notificationsDeadLetters),
    EVENTS_TABLE: place.tables.events,
    INVOICES_TABLE: place.tables.invoices,
    LOG_GROUP: place.logGroup,
    ORDER_EVENTS_TOPIC_ARN: `arn:${partition}:sns:${region}:${account}:${place.topic}`,
    MAIL_FROM: place.mailFrom ?? '',
    STRIPE_API_URL: stripe,
    STRIPE_SECRET_KEY: 'sk_test_roles',
    INTENT_SEAL_KEYS: 'a-secret-of-the-payment-service-alone',
    RECEIVE_WAIT_MS: '1000',
    RETRY_DELAY_BASE_MS: '200',
    RECONCILE_INTERVAL_MS: '3000',
  };

  const as = async (...roles: readonly PolicyRoleName[]): Promise<Actor> => {
    const records: IamRecord[] = [];
    const front = await openIamFront({
      place,
      servers,
      statements: roles.flatMap((role) => statementsOf(role, place)),
      onRecord: (record) => void records.push(record),
    });
    const may = (resource: PolicyResource) =>
      roles.some((role) =>
        POLICY_ROLES[role].rows.some(({ on }: PolicyRow) => on.includes(resource)),
      );
    const own: Env = {
      ...env,
      AWS_ENDPOINT_URL: front.url,
      // Who may not read what is personal has no settings for it, and does without.
      ...(may('keys') && { KEYS_TABLE: place.tables.keys }),
      ...(may('personalDataKey') && { PERSONAL_DATA_KEY: `kms:${place.personalDataKey}` }),
    };
    const actor: Actor = {
      env: own,
      front,
      records,
      does: async (line, { codes = [0], input } = {}) => {
        const ended = await run([...line.split(' '), '--json'], {
          env: own,
          ...(input !== undefined && { input }),
        });
        const { code, stdout, stderr } = ended;
        expect(codes, `${roles.join()}: ${line}: ${stderr}${stdout}`).to.include(code);
        return jsonLines(stdout);
      },
      serves: async (service, more = {}) => {
        const worker = start(['worker', '--service', service, '--json'], { ...own, ...more });
        const isReady = service === 'webhooks' ? 'worker.webhooks' : 'worker.started';
        const line = await lineOf(worker, (text) => text.includes(isReady));
        worker.stdout.resume();
        return { worker, line };
      },
    };
    actors.push({ roles, actor });
    return actor;
  };

  /** All that was asked for by whoever has the role, alone or with others. */
  const records = (role: PolicyRoleName): readonly IamRecord[] =>
    actors.filter(({ roles }) => roles.includes(role)).flatMap(({ actor }) => actor.records);

  return {
    as,
    env,
    /** What a role may do, and which part of it was used. */
    grantsOf: (role: PolicyRoleName) => {
      const used = new Set(records(role).flatMap(({ grants }) => grants));
      const allowed = new Set(
        statementsOf(role, place)
          .filter(({ Effect }) => Effect === 'Allow')
          .flatMap(grantsOf),
      );
      return {
        allowed: [...allowed],
        used: [...allowed].filter((grant) => used.has(grant)),
        refused: records(role).filter(({ verdict }) => verdict !== 'allowed'),
      };
    },
    recordsOf: records,
    close: () => Promise.all(actors.map(({ actor }) => actor.front.close())),
  };
};

export type RolesDeployment = ReturnType<typeof openRoles>;
