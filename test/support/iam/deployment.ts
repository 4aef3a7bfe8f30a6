import { expect } from 'chai';
import type { PolicyPlace, PolicyResource } from '../../../src/adapters/iam/place.ts';
import { policyOf } from '../../../src/adapters/iam/policy.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../../src/adapters/iam/roles.ts';
import { jsonLines, lineOf, run, start, type Env, type InProcessCommand } from '../cli.ts';
import { openIamFront, type IamFront, type IamRecord } from './front.ts';
import { grantsOf } from './decide.ts';

export type RolesOptions = {
  readonly place: PolicyPlace;
  /** By the names that signatures have for services. */
  readonly servers: Readonly<Record<string, string>>;
  readonly stripe: string;
  readonly env: Env;
};

/** Who acts: under the policy of one role, or of several that one process has together. */
export type Actor = {
  readonly env: Env;
  readonly front: IamFront;
  /** Runs a command, which has to end with one of these codes, and gives its lines of JSON. */
  readonly does: (
    line: string,
    more?: {
      readonly codes?: readonly number[];
      readonly input?: string;
      readonly env?: Env;
    },
  ) => Promise<readonly Record<string, unknown>[]>;
  /** Starts a service, which runs until it is stopped. */
  readonly serves: (
    service: string,
    env?: Env,
  ) => Promise<{ readonly worker: InProcessCommand; readonly line: string }>;
  readonly records: () => readonly IamRecord[];
};

/** A deployment in which everybody has a front of their own, and with it a role. */
export const openRoles = ({ place, servers, stripe, env: given }: RolesOptions) => {
  const records = new Map<PolicyRoleName, IamRecord[]>();
  const fronts: IamFront[] = [];
  const queueUrl = (name: string) => `${servers['sqs']}/${place.account}/${name}`;
  const env: Env = {
    AWS_REGION: place.region,
    PAYMENTS_QUEUE_URL: queueUrl(place.queues.payments),
    PAYMENTS_DLQ_URL: queueUrl(place.queues.paymentsDeadLetters),
    NOTIFICATIONS_QUEUE_URL: queueUrl(place.queues.notifications),
    NOTIFICATIONS_DLQ_URL: queueUrl(place.queues.notificationsDeadLetters),
    EVENTS_TABLE: place.tables.events,
    INVOICES_TABLE: place.tables.invoices,
    LOG_GROUP: place.logGroup,
    ORDER_EVENTS_TOPIC_ARN: `arn:${place.partition}:sns:${place.region}:${place.account}:${place.topic}`,
    MAIL_FROM: place.mailFrom ?? '',
    STRIPE_API_URL: stripe,
    STRIPE_SECRET_KEY: 'sk_test_roles',
    ...given,
  };

  const as = async (...roles: readonly PolicyRoleName[]): Promise<Actor> => {
    const statementsOf = (role: PolicyRoleName) => policyOf(POLICY_ROLES[role], place).Statement;
    const noted: IamRecord[] = [];
    const front = await openIamFront({
      place,
      servers,
      statements: roles.flatMap(statementsOf),
      onRecord: (record) => {
        noted.push(record);
        for (const role of roles) {
          const grants = new Set(statementsOf(role).flatMap(grantsOf));
          const used = record.grants.filter((grant) => grants.has(grant));
          const isTheirs = used.length > 0 || record.verdict !== 'allowed';
          if (isTheirs)
            records.set(role, [...(records.get(role) ?? []), { ...record, grants: used }]);
        }
      },
    });
    fronts.push(front);
    const may = (resource: PolicyResource) =>
      roles.some((role) =>
        POLICY_ROLES[role].rows.some(({ on }) =>
          (on as readonly PolicyResource[]).includes(resource),
        ),
      );
    const own: Env = {
      ...env,
      AWS_ENDPOINT_URL: front.url,
      // Who may not read what is personal has no settings for it, and does without.
      ...(may('keys') && { KEYS_TABLE: place.tables.keys }),
      ...(may('personalDataKey') && { PERSONAL_DATA_KEY: `kms:${place.personalDataKey}` }),
    };
    return {
      env: own,
      front,
      records: () => noted,
      does: async (line, { codes = [0], input, env: more } = {}) => {
        const ended = await run(
          [...line.split(' ').map((word) => word.replaceAll('~', ' ')), '--json'],
          {
            env: { ...own, ...more },
            ...(input !== undefined && { input }),
          },
        );
        if (process.env['ROLES_LOG'] && !codes.includes(ended.code))
          console.log(`FAILED ${roles.join()}: ${line}: ${ended.stderr}${ended.stdout}`);
        else
          expect(codes, `${roles.join()}: ${line}: ${ended.stderr}${ended.stdout}`).to.include(
            ended.code,
          );
        return jsonLines(ended.stdout);
      },
      serves: async (service, more = {}) => {
        const worker = start(['worker', '--service', service, '--json'], { ...own, ...more });
        const isReady = service === 'webhooks' ? 'worker.webhooks' : 'worker.started';
        const line = await lineOf(worker, (text) => text.includes(isReady));
        worker.stdout.resume();
        return { worker, line };
      },
    };
  };
  return {
    as,
    env,
    /** What each role asked for, and what it was answered. */
    records: (role: PolicyRoleName) => records.get(role) ?? [],
    close: () => Promise.all(fronts.map((front) => front.close())),
  };
};

export type RolesDeployment = ReturnType<typeof openRoles>;
